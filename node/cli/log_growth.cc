#include "node/cli/log_growth.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/ledger/note.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// More than any log can have honestly; a node that makes up a new one at each visit must not fill the disk.
constexpr int kMostContradictions = 1000;

// The file that holds the note, or the first free one, into which it is then written.
absl::StatusOr<std::string> KeepOne(absl::string_view note, const std::string& path) {
  for (int number = 1; number <= kMostContradictions; ++number) {
    std::string file = absl::StrCat(path, ".contradicting.", number);
    const absl::StatusOr<std::string> held = ReadFile(file, ledger::kMaxNoteBytes);
    if (held.ok() && *held == note) return file;
    if (held.ok() || !absl::IsNotFound(held.status())) continue;
    RETURN_IF_ERROR(WriteFile(file, note));
    return file;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("there are ", kMostContradictions, " files ", path, ".contradicting.N; move them to a safe place"));
}

}  // namespace

absl::Status AsLogDamage(const absl::Status& status) {
  if (!absl::IsDataLoss(status) || !ReasonOf(status).empty()) return status;
  return LogFaultError(absl::StrCat("the node cannot serve its log as it signed it: ", status.message(),
                                    "; `tamga audit verify` names all that is wrong"));
}

absl::StatusOr<SignedCheckpoint> GetNewest(Session& session, const LogCheck& check) {
  ASSIGN_OR_RETURN(const auto response,
                   session.Call(&v1::AuditService::Stub::GetCheckpoint, v1::GetCheckpointRequest()));
  SignedCheckpoint newest{response.checkpoint(), {}};
  ASSIGN_OR_RETURN(newest.checkpoint, check.Open(newest.note));
  return newest;
}

absl::Status ProveGrowth(Session& session, const LogCheck& check, const SignedCheckpoint& before,
                         const SignedCheckpoint& after, std::vector<std::string>* contradicting) {
  absl::Status fault = check.CheckSizes(before.checkpoint, after.checkpoint);
  std::string shown;
  if (fault.ok() && before.checkpoint.size > 0 && before.checkpoint.size < after.checkpoint.size) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(before.checkpoint.size);
    request.set_new_size(after.checkpoint.size);
    ASSIGN_OR_RETURN(const auto response, session.Call(&v1::AuditService::Stub::ProveConsistency, request));
    fault = check.CheckGrowth(before.checkpoint, after.checkpoint, response);
    shown = response.checkpoint();
  }
  if (fault.ok()) return fault;
  contradicting->insert(contradicting->end(), {before.note, after.note, shown});
  return fault;
}

absl::StatusOr<std::vector<std::string>> KeepContradicting(const LogCheck& check, const std::vector<std::string>& notes,
                                                           const std::string& path) {
  std::vector<std::string> files;
  for (const std::string& note : notes) {
    if (!check.Open(note).ok()) continue;
    ASSIGN_OR_RETURN(std::string file, KeepOne(note, path));
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace tamga::cli
