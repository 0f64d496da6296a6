#include "node/audit/audited_log.h"

#include <vector>

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

}  // namespace

absl::StatusOr<SignedCheckpoint> NewestCheckpoint(const AuditedLog& log) {
  SignedCheckpoint newest{log.sequencer.NewestCheckpoint()};
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::OpenCheckpoint(newest.note, log.key, certs::VerifyEd25519));
  newest.size = checkpoint.size;
  return newest;
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
