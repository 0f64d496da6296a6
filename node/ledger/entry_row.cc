#include "node/ledger/entry_row.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"

namespace tamga::ledger {

namespace {

absl::string_view Indexed(absl::string_view pseudonym) { return pseudonym.substr(0, store::kIndexedPseudonymBytes); }

bool IsListOf(absl::string_view lines, const google::protobuf::RepeatedPtrField<std::string>& articles) {
  for (const std::string& article : articles) {
    if (!absl::ConsumePrefix(&lines, article) || !absl::ConsumePrefix(&lines, "\n")) return false;
  }
  return lines.empty();
}

}  // namespace

absl::Status ReadEntry(absl::string_view body, v1::LogEntry& entry) {
  if (body.size() > kMaxEntryBytes) {
    return InvalidField("entry", absl::StrCat("has ", body.size(), " bytes, at most ", kMaxEntryBytes, " are allowed"));
  }
  if (!entry.ParseFromArray(body.data(), static_cast<int>(body.size()))) return InvalidField("entry", "is no LogEntry");
  if (entry.version() != 1) return InvalidField("entry.version", "must be 1");
  if (entry.kind() == v1::ENTRY_KIND_UNSPECIFIED) return InvalidField("entry.kind", "must be set");
  if (!IsUuidV7(entry.exchange_id())) return InvalidField("entry.exchange_id", "must be a UUIDv7 of 16 bytes");
  return CheckAgency("entry.partner", entry.partner());
}

absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body) {
  v1::LogEntry entry;
  RETURN_IF_ERROR(ReadEntry(body, entry));
  store::EntryRow row;
  row.exchange_id = entry.exchange_id();
  row.kind = entry.kind();
  row.partner = entry.partner();
  row.outcome = entry.outcome();
  row.treaty_id = entry.treaty_id();
  for (const std::string& article : entry.articles()) absl::StrAppend(&row.articles, article, "\n");
  row.record_kind = entry.record_kind();
  row.operation = entry.operation();
  row.asker = std::string(Indexed(entry.asker_pseudonym()));
  row.case_file = std::string(Indexed(entry.case_pseudonym()));
  row.time = FromProto(entry.logged_at());
  row.leaf = std::string(LeafHash(body).bytes());
  row.body = std::string(body);
  return row;
}

absl::string_view DifferingColumn(const store::EntryRow& row, const v1::LogEntry& entry) {
  if (row.exchange_id != entry.exchange_id()) return "exchange id";
  if (row.kind != entry.kind()) return "kind";
  if (row.partner != entry.partner()) return "partner";
  if (row.outcome != entry.outcome()) return "outcome";
  if (row.treaty_id != entry.treaty_id()) return "treaty";
  if (!IsListOf(row.articles, entry.articles())) return "list of articles";
  if (row.record_kind != entry.record_kind()) return "kind of record";
  if (row.operation != entry.operation()) return "operation";
  if (row.time != FromProto(entry.logged_at())) return "time";
  if (row.asker != Indexed(entry.asker_pseudonym())) return "asker";
  if (row.case_file != Indexed(entry.case_pseudonym())) return "case";
  return "";
}

}  // namespace tamga::ledger
