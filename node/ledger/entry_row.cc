#include "node/ledger/entry_row.h"

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::ledger {

absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body) { return EntryRowOf(body, LeafHash(body)); }

absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body, const Hash& leaf) {
  if (body.size() > kMaxEntryBytes) {
    return InvalidField("entry", absl::StrCat("has ", body.size(), " bytes, at most ", kMaxEntryBytes, " are allowed"));
  }
  v1::LogEntry entry;
  if (!entry.ParseFromArray(body.data(), static_cast<int>(body.size()))) return InvalidField("entry", "is no LogEntry");
  if (entry.version() != 1) return InvalidField("entry.version", "must be 1");
  if (entry.kind() == v1::ENTRY_KIND_UNSPECIFIED) return InvalidField("entry.kind", "must be set");
  if (!IsUuidV7(entry.exchange_id())) return InvalidField("entry.exchange_id", "must be a UUIDv7 of 16 bytes");
  RETURN_IF_ERROR(CheckAgency("entry.partner", entry.partner()));
  store::EntryRow row;
  row.exchange_id = entry.exchange_id();
  row.kind = entry.kind();
  row.partner = entry.partner();
  row.outcome = entry.outcome();
  row.treaty_id = entry.treaty_id();
  for (const std::string& article : entry.articles()) absl::StrAppend(&row.articles, article, "\n");
  row.record_kind = entry.record_kind();
  row.operation = entry.operation();
  row.asker = entry.asker_pseudonym().substr(0, store::kIndexedPseudonymBytes);
  row.case_file = entry.case_pseudonym().substr(0, store::kIndexedPseudonymBytes);
  row.time = FromProto(entry.logged_at());
  row.leaf = std::string(leaf.bytes());
  row.body = std::string(body);
  return row;
}

}  // namespace tamga::ledger
