#include "node/store/exchange_db.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/store/schema.h"

namespace tamga::store {
namespace {

constexpr int64_t kSchemaVersion = 7;

// Times are nanoseconds since 1970. The triggers and checks guard the log against accidents; its tree guards it against
// the rest. Rows that the node acts on have a MAC over their other columns (row_mac.h). A record's id stands there as
// itself or as its token, an idempotency key always as its token (blind_index.h).
constexpr char kSchema[] = R"sql(
-- What many entries have in common. Entries are found by their facets, so that whatever is asked for, no entry is looked
-- at in vain.
CREATE TABLE facet(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  partner TEXT NOT NULL,
  outcome INTEGER NOT NULL,
  treaty TEXT NOT NULL,
  record_kind INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  articles TEXT NOT NULL,
  UNIQUE(partner, kind, outcome, treaty, record_kind, operation, articles));
CREATE TRIGGER facet_no_update BEFORE UPDATE ON facet BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER facet_no_delete BEFORE DELETE ON facet BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TABLE entry(
  idx INTEGER PRIMARY KEY CHECK(idx >= 0),
  xid BLOB NOT NULL,
  facet INTEGER NOT NULL,
  t INTEGER NOT NULL,
  asker BLOB,
  case_file BLOB,
  leaf BLOB NOT NULL,
  body BLOB NOT NULL,
  mac BLOB NOT NULL);
CREATE INDEX entry_xid ON entry(xid);
CREATE INDEX entry_t ON entry(t);
CREATE INDEX entry_facet ON entry(facet, t);
CREATE INDEX entry_asker ON entry(asker, facet, t) WHERE asker IS NOT NULL;
CREATE INDEX entry_case ON entry(case_file, facet, t) WHERE case_file IS NOT NULL;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TABLE tile(
  level INTEGER NOT NULL CHECK(level >= 0),
  n INTEGER NOT NULL CHECK(n >= 0),
  root BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY(level, n));
CREATE TRIGGER tile_no_update BEFORE UPDATE ON tile BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER tile_no_delete BEFORE DELETE ON tile BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TABLE checkpoint(size INTEGER PRIMARY KEY CHECK(size >= 0), note BLOB NOT NULL);

CREATE TABLE inbox(
  sender TEXT NOT NULL,
  xid BLOB NOT NULL,
  header_sha256 BLOB NOT NULL,
  reply_blob BLOB,
  expires_at INTEGER NOT NULL,
  mac BLOB NOT NULL,
  PRIMARY KEY(sender, xid)) WITHOUT ROWID;
CREATE INDEX inbox_expires_at ON inbox(expires_at);

CREATE TABLE inbox_key(
  sender TEXT NOT NULL,
  key_token TEXT NOT NULL,
  body_sha256 BLOB NOT NULL,
  xid BLOB NOT NULL,
  reply_blob BLOB,
  expires_at INTEGER NOT NULL,
  mac BLOB NOT NULL,
  PRIMARY KEY(sender, key_token)) WITHOUT ROWID;
CREATE INDEX inbox_key_expires_at ON inbox_key(expires_at);

-- How many rows a sender has in the two tables above, so that nothing is counted when a message comes. It decides about
-- room alone and has no MAC.
CREATE TABLE remembered(
  sender TEXT PRIMARY KEY,
  messages INTEGER NOT NULL,
  keys INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER inbox_counted AFTER INSERT ON inbox BEGIN
  INSERT INTO remembered(sender, messages, keys) VALUES(NEW.sender, 1, 0)
    ON CONFLICT(sender) DO UPDATE SET messages = messages + 1;
END;
CREATE TRIGGER inbox_uncounted AFTER DELETE ON inbox BEGIN
  UPDATE remembered SET messages = messages - 1 WHERE sender = OLD.sender;
END;
CREATE TRIGGER inbox_key_counted AFTER INSERT ON inbox_key BEGIN
  INSERT INTO remembered(sender, messages, keys) VALUES(NEW.sender, 0, 1)
    ON CONFLICT(sender) DO UPDATE SET keys = keys + 1;
END;
CREATE TRIGGER inbox_key_uncounted AFTER DELETE ON inbox_key BEGIN
  UPDATE remembered SET keys = keys - 1 WHERE sender = OLD.sender;
END;

CREATE TABLE outbox(
  xid BLOB PRIMARY KEY,
  partner TEXT NOT NULL,
  operation INTEGER NOT NULL,
  message_blob BLOB NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  order_token TEXT NOT NULL,
  has_left INTEGER NOT NULL,
  position INTEGER NOT NULL,
  mac BLOB NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_position ON outbox(position);
CREATE INDEX outbox_partner ON outbox(partner, position);
CREATE INDEX outbox_order ON outbox(partner, order_token, position) WHERE order_token <> '';

CREATE TABLE dead_letter(
  xid BLOB PRIMARY KEY,
  partner TEXT NOT NULL,
  operation INTEGER NOT NULL,
  order_token TEXT NOT NULL,
  state INTEGER NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  since INTEGER NOT NULL,
  mac BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX dead_letter_since ON dead_letter(since);

CREATE TABLE record(
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  blob BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  origin_xid BLOB,
  origin_partner TEXT,
  origin_own_asked INTEGER,
  mac BLOB NOT NULL,
  PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE INDEX record_updated_at ON record(kind, updated_at);
CREATE INDEX record_blob ON record(blob);
CREATE INDEX record_origin ON record(origin_xid) WHERE origin_xid IS NOT NULL;

CREATE TABLE holding(
  xid BLOB NOT NULL,
  partner TEXT NOT NULL,
  own_asked INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  act_at INTEGER NOT NULL,
  states INTEGER NOT NULL,
  body BLOB NOT NULL,
  mac BLOB NOT NULL,
  PRIMARY KEY(xid, partner, own_asked)) WITHOUT ROWID;
CREATE INDEX holding_due_at ON holding(due_at);
CREATE INDEX holding_act_at ON holding(act_at);
CREATE INDEX holding_states ON holding(states);

CREATE TABLE readmission_case(
  case_id TEXT PRIMARY KEY,
  treaty TEXT NOT NULL,
  state INTEGER NOT NULL,
  partner TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  own_due_at INTEGER NOT NULL,
  partner_due_at INTEGER NOT NULL,
  act_at INTEGER NOT NULL,
  change INTEGER NOT NULL,
  mac BLOB NOT NULL) WITHOUT ROWID;
-- Whatever a desk asks for is read in order from one of these, and no idle case is looked at.
CREATE UNIQUE INDEX case_change ON readmission_case(change);
CREATE INDEX case_state ON readmission_case(state, change);
CREATE INDEX case_treaty ON readmission_case(treaty, change);
CREATE INDEX case_due_at ON readmission_case(due_at);
CREATE INDEX case_own_due_at ON readmission_case(own_due_at);
CREATE INDEX case_partner_due_at ON readmission_case(partner_due_at);
CREATE INDEX case_state_due_at ON readmission_case(state, due_at);
CREATE INDEX case_treaty_due_at ON readmission_case(treaty, due_at);
CREATE INDEX case_act_at ON readmission_case(act_at);
-- The last number that a change of a case has got. It decides about nothing but who is told of which change, and has no
-- MAC.
CREATE TABLE case_changes(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  epoch BLOB NOT NULL,
  newest INTEGER NOT NULL);
INSERT INTO case_changes(one, epoch, newest) VALUES(1, randomblob(16), 0);

CREATE TABLE quota_use(
  key TEXT NOT NULL,
  n INTEGER NOT NULL,
  t INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  mac BLOB NOT NULL,
  PRIMARY KEY(key, n)) WITHOUT ROWID;
CREATE INDEX quota_use_expires_at ON quota_use(expires_at);

CREATE TABLE seen(
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL CHECK(size >= 0),
  root BLOB NOT NULL,
  note BLOB NOT NULL,
  t INTEGER NOT NULL,
  mac BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE contradiction(
  n INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  what TEXT NOT NULL,
  before BLOB NOT NULL,
  after BLOB NOT NULL,
  t INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  mac BLOB NOT NULL);
CREATE TABLE cosigned(
  witness TEXT PRIMARY KEY,
  size INTEGER NOT NULL CHECK(size >= 0),
  note BLOB NOT NULL,
  t INTEGER NOT NULL,
  mac BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE discarded_blob(blob BLOB PRIMARY KEY) WITHOUT ROWID;
)sql";

}  // namespace

absl::StatusOr<std::unique_ptr<ExchangeDb>> ExchangeDb::Open(const std::string& folder, absl::string_view row_mac_key,
                                                             absl::string_view blind_index_key) {
  RETURN_IF_ERROR(MakeFolder(folder));
  ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(folder));
  const std::string path = absl::StrCat(folder, "/exchange.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path, Database::Access::kReadWrite));
  if (absl::Status status = EnsureSchema(*writer, kSchemaVersion, kSchema); !status.ok()) return Annotate(status, path);
  return std::unique_ptr<ExchangeDb>(new ExchangeDb(std::move(lock), std::move(writer), path,
                                                    std::make_shared<const RowKeys>(row_mac_key, blind_index_key)));
}

absl::StatusOr<ReadSession> ReadableDb::Read() {
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, readers_->Acquire());
  return ReadSession(std::move(lease), *keys_);
}

absl::StatusOr<std::unique_ptr<WriteBatch>> ExchangeDb::Begin() { return WriteBatch::Begin(*writer_, keys()); }

}  // namespace tamga::store
