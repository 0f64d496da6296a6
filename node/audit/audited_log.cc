#include "node/audit/audited_log.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/audit/entry_query.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/ledger/checkpoint.h"

namespace tamga::audit {
namespace {

// All kinds but those that record what a partner asked.
std::vector<int> KindsOfOwnQuestions() {
  std::vector<int> kinds;
  for (int kind = v1::EntryKind_MIN; kind <= v1::EntryKind_MAX; ++kind) {
    if (kind != v1::ENTRY_KIND_RECEIVED && kind != v1::ENTRY_KIND_ANSWERED) kinds.push_back(kind);
  }
  return kinds;
}

absl::StatusOr<SignedCheckpoint> Opened(const AuditedLog& log, std::string note) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, ledger::OpenCheckpoint(note, log.key, certs::VerifyEd25519));
  return SignedCheckpoint{std::move(note), checkpoint.size};
}

}  // namespace

absl::StatusOr<SignedCheckpoint> NewestCheckpoint(const AuditedLog& log) {
  return Opened(log, log.sequencer.NewestCheckpoint());
}

absl::StatusOr<SignedCheckpoint> CheckpointOfSize(const AuditedLog& log, absl::string_view field, uint64_t size) {
  // Taken before the stored ones are read: whatever was the newest until now is stored by the time there is a newer
  // one.
  ASSIGN_OR_RETURN(SignedCheckpoint newest, NewestCheckpoint(log));
  if (size == 0 || size == newest.size) return newest;
  if (size > newest.size) {
    return InvalidField(field, absl::StrCat("must be 0 to ", newest.size, ", the size of the newest checkpoint"));
  }
  ASSIGN_OR_RETURN(store::ReadSession session, log.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::CheckpointRow> rows,
                   session->CheckpointsAfter(static_cast<int64_t>(size) - 1, 1));
  if (!rows.empty() && rows.front().size == size) return Opened(log, rows.front().note);
  return Error(absl::StatusCode::kNotFound, "CHECKPOINT_UNKNOWN",
               absl::StrCat(field, ": this log keeps no checkpoint over ", size, " entries; ask for ",
                            rows.empty() ? newest.size : rows.front().size, ", of which it has one"));
}

Visibility VisibilityFor(const AuditedLog& log, const certs::Principal& caller) {
  return Visibility(caller, StateOf(log.own_agency), log.pseudonyms);
}

absl::StatusOr<store::EntryFilter> VisibleFilter(const AuditedLog& log, const certs::Principal& caller,
                                                 const v1::ListEntriesRequest& request) {
  ASSIGN_OR_RETURN(store::EntryFilter filter, FilterOf(request, log.pseudonyms));
  const Visibility visibility = VisibilityFor(log, caller);
  if (!visibility.sees_all()) {
    const absl::StatusOr<certs::Principal> asker = certs::ParseSpiffeId(request.asker());
    if (asker.ok() && asker->State() != caller.State()) {
      return Error(absl::StatusCode::kPermissionDenied, "ASKER_OF_OTHER_STATE",
                   "asker: must be a caller of an agency of your State; ask without it");
    }
    if (!filter.case_file.empty()) filter.without_kinds = KindsOfOwnQuestions();
  }
  visibility.Narrow(&filter);
  return filter;
}

v1::IndexedEntry Indexed(const AuditedLog& log, const store::EntryRow& row) {
  v1::IndexedEntry indexed;
  indexed.mutable_position()->set_origin(log.key.name);
  indexed.mutable_position()->set_index(row.index);
  indexed.set_entry_bytes(row.body);
  if (!indexed.mutable_entry()->ParseFromString(row.body)) indexed.clear_entry();
  log.add_witnessing(indexed);
  return indexed;
}

}  // namespace tamga::audit
