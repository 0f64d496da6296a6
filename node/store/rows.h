// The rows of the exchange database as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace tamga::store {

// Pseudonyms are found by their first bytes: enough to tell them apart.
inline constexpr size_t kIndexedPseudonymBytes = 16;

// An entry of the exchange log. Everything but `index` and `leaf` repeats what `body` says, so that it can be found.
struct EntryRow {
  uint64_t index = 0;
  std::string exchange_id;
  int kind = 0;
  std::string partner;
  int outcome = 0;
  std::string treaty_id;
  std::string articles;  // each followed by a line feed
  int record_kind = 0;
  int operation = 0;
  absl::Time time;
  std::string asker;      // kIndexedPseudonymBytes of the asker's pseudonym; empty if there is none
  std::string case_file;  // the same of the case's
  std::string leaf;       // leaf hash, 32 bytes
  std::string body;       // the bytes as logged
};

// Which entries are wanted; an empty or zero field stands for any. All have initialisers, so that a filter can be
// written as {.kind = 2}.
struct EntryFilter {
  std::optional<absl::Time> since = {};  // inclusive
  std::optional<absl::Time> until = {};  // exclusive
  std::string partner = {};              // an agency, "KGZ/interior-ministry"
  std::string partner_state = {};        // all agencies of a State, "KGZ"
  int kind = 0;
  int outcome = 0;
  std::optional<uint64_t> below = {};  // index; as the log's size, keeps out rows that are not of the log
  std::string treaty_id = {};
  std::string article = {};  // one that the entry cites
  int record_kind = 0;
  int operation = 0;
  std::string asker = {};               // as in EntryRow
  std::string case_file = {};           // as in EntryRow
  std::string exchange_id = {};         // 16 bytes
  std::vector<int> without_kinds = {};  // none of these
  int own_kind = 0;                     // entries of this kind only with the asker `own_asker`
  std::string own_asker = {};

  // Whether the entry is one of these.
  bool Covers(const EntryRow& row) const;
};

// An index by which entries are found: by exchange; by time; and by facet (whatever of an entry has few values), of
// all, of one asker or of one case.
enum class EntryIndex { kExchange, kTime, kFacet, kAsker, kCase };
inline constexpr EntryIndex kEntryIndexes[] = {EntryIndex::kExchange, EntryIndex::kTime, EntryIndex::kFacet,
                                               EntryIndex::kAsker, EntryIndex::kCase};

// The keys that lead to entries, so far as is needed to tell whether two sets of them are the same.
struct EntryKeys {
  uint64_t count = 0;
  uint64_t sum = 0;      // of the keys' hashes, which are other ones in each process
  bool in_order = true;  // else a search may miss some

  bool operator==(const EntryKeys&) const = default;
};

// Most entries of one exchange that are read at once. An exchange has few; of a message that comes again and again the
// first repetitions alone are logged, but earlier versions logged all.
inline constexpr size_t kMostEntriesOfExchange = 256;

struct EntryPage {
  std::vector<EntryRow> entries;
  std::string next_page_token;  // empty on the last page
};

// How many entries of a day agree in what they can be found by.
struct EntryGroup {
  absl::Time day;  // its first instant, UTC
  EntryRow facet;  // kind, partner, outcome, treaty_id, articles, record_kind and operation
  uint64_t count = 0;
};

// A full tile of the tree (C2SP tlog-tiles): 256 hashes.
struct TileRow {
  uint32_t level = 0;
  uint64_t index = 0;
  std::string root;  // hash of the subtree that the tile covers, 32 bytes
  std::string data;  // 8,192 bytes
};

struct CheckpointRow {
  uint64_t size = 0;
  std::string note;
};

// What is known of a message (or idempotency key) that came in.
struct Reception {
  enum class State {
    kNew,           // not seen before; now remembered
    kUnanswered,    // the same one came before and has no answer yet
    kAnswered,      // the same one came before and was answered: give `reply_blob` again
    kContradictory  // the same name came before with other content: refuse
  };
  State state = State::kNew;
  std::string exchange_id;  // of the first message
  std::string reply_blob;   // vault id; kAnswered only
};

// A message that came in.
struct ReceivedRow {
  std::string sender;  // agency
  std::string exchange_id;
};

// A message that waits to be delivered.
struct OutboxRow {
  std::string exchange_id;
  std::string partner;
  int operation = 0;
  std::string message_blob;  // vault id of the sealed message
  int64_t attempts = 0;
  absl::Time next_attempt_at;
  absl::Time expires_at;
  std::string order_token = {};  // those of a partner with the same token leave in order; empty: in any
  bool has_left = false;         // the partner may have it: an attempt ended without a reply
  int64_t position = 0;          // place among those that wait; the table gives it
};

// A message that came to nothing, or that waits and cannot be read: an operator has to see to it.
struct DeadLetterRow {
  std::string exchange_id;
  std::string partner;
  int operation = 0;
  std::string order_token = {};  // as in OutboxRow
  int state = 0;                 // v1::DeliveryState
  std::string reason;            // a code
  int64_t attempts = 0;          // those that failed before
  absl::Time since;
};

// The exchange by which something came from another agency. Every agency makes exchange ids of its own, so an id alone
// does not tell.
struct Origin {
  std::string exchange_id;  // 16 bytes
  std::string partner;      // the other agency
  bool own_asked = false;   // it came with the reply to an own request; otherwise with the partner's request

  friend bool operator==(const Origin&, const Origin&) = default;
};

// A domain record; its body is in the vault.
struct RecordRow {
  std::string kind;
  std::string id;       // as stored: of some kinds its token (blind_index.h)
  int64_t version = 0;  // 1 for the first
  std::string blob;     // vault id
  absl::Time updated_at;
  std::optional<Origin> origin = {};  // of what it holds of another agency
};

// What an exchange brought, and what must be done in return.
struct HoldingRow {
  Origin origin;
  absl::Time due_at;    // of the first thing to be done; InfiniteFuture: nothing has a time
  absl::Time act_at;    // when the node has to act by itself; InfiniteFuture: never
  uint32_t states = 0;  // bit n: it has a duty in the v1::DutyState n
  std::string body;     // serialised v1::Holding
};

// Which holdings are wanted; an empty or zero field stands for any.
struct HoldingFilter {
  uint32_t states = 0;             // those with a duty in one of these, bits as in HoldingRow
  std::string partner = {};        // an agency
  std::string partner_state = {};  // all agencies of a State, "KGZ"
  std::string exchange_id = {};    // 16 bytes
};

struct HoldingPage {
  std::vector<HoldingRow> holdings;
  std::string next_page_token;  // empty on the last page
};

// What a readmission case is found by; the case itself is a record.
struct CaseRow {
  std::string case_id;
  std::string treaty_id;
  int state = 0;                                       // v1::ReadmissionState
  std::string partner;                                 // the other agency
  absl::Time due_at = absl::InfiniteFuture();          // when its next clock passes; InfiniteFuture: none runs
  absl::Time own_due_at = absl::InfiniteFuture();      // the same of the clocks that stand on the own side
  absl::Time partner_due_at = absl::InfiniteFuture();  // the same of those that stand on the partner's
  absl::Time act_at = absl::InfiniteFuture();          // when the clock changes the case next; InfiniteFuture: never
  uint64_t change = 0;                                 // the later a case was put, the larger; set by the store
};

enum class ClockSide { kEither, kOwn, kPartner };

// Which cases are wanted; an empty field stands for any.
struct CaseFilter {
  std::string treaty_id = {};
  std::vector<int> states = {};
  std::string partner = {};
  ClockSide side = ClockSide::kEither;    // kOwn, kPartner: those of which a clock stands on that side
  std::optional<absl::Time> due_by = {};  // those of which a clock (of that side) passes by then
  bool ByClock() const { return side != ClockSide::kEither || due_by.has_value(); }
};

// That the clock has to be asked about a case. Nothing vouches for it: what is done follows from the case's record.
struct CaseToActOn {
  std::string case_id;
  absl::Time act_at;
  uint64_t change = 0;  // as in the row
};

struct CasePage {
  std::vector<CaseRow> cases;
  std::string next_page_token;  // empty on the last page
};

// Where the numbers of cases' changes stand.
struct CaseChangesHead {
  std::string epoch;    // 16 random bytes, of this database alone: numbers of another one mean nothing here
  uint64_t newest = 0;  // the largest number given so far
};

struct RecordPage {
  std::vector<RecordRow> records;
  std::string next_page_token;  // empty on the last page
};

// What was last seen of another agency's log: everything before is known to be its beginning.
struct SeenRow {
  std::string origin;
  uint64_t size = 0;
  std::string root;  // 32 bytes
  std::string note;  // the checkpoint, as its log signed it
  absl::Time seen_at;
};

// Two checkpoints of a log that cannot both be true.
struct ContradictionRow {
  std::string origin;
  std::string what;    // a code: "fork"
  std::string before;  // note that was seen before
  std::string after;   // the one that contradicts it
  absl::Time found_at;
  bool settled = false;
};

// The newest checkpoint of the own log that a witness cosigned.
struct CosignedRow {
  std::string witness;  // name of its key; empty: what a quorum of witnesses cosigned
  uint64_t size = 0;
  std::string note;        // with the cosignatures
  absl::Time cosigned_at;  // as the witness says
};

}  // namespace tamga::store
