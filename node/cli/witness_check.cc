#include "node/cli/witness_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/ledger/note.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// What a node writes as a witness's fault (node/witness/witnessing.cc); the contract has no field for either.
constexpr char kSawAnotherLog[] = "it has seen another log of this origin";
constexpr char kRolledBack[] = "an old backup was restored";

}  // namespace

absl::StatusOr<ledger::TlogPolicy> ReadPolicyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<ledger::TlogPolicy> policy = ledger::ParseTlogPolicy(text);
  if (!policy.ok()) return Annotate(policy.status(), path);
  return policy;
}

absl::StatusOr<ledger::TlogPolicy> ReadPolicyFile(const std::string& path, const ledger::NoteKey& log) {
  ASSIGN_OR_RETURN(ledger::TlogPolicy policy, ReadPolicyFile(path));
  if (policy.IsFor(log)) return policy;
  return absl::InvalidArgumentError(absl::StrCat(path, ": is the policy of another log than ", log.name,
                                                 " with the key ", ledger::FormatVkey(log),
                                                 "; give the one for this log"));
}

absl::StatusOr<Witnessed> CheckWitnessed(Session& session, const LogCheck& check, const ledger::TlogPolicy& policy,
                                         const SignedCheckpoint& checkpoint, std::vector<std::string>* contradicting) {
  Witnessed witnessed;
  const auto response = session.Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest());
  if (!response.ok() && ReasonOf(response.status()) != "NO_WITNESSES") return response.status();
  if (response.ok()) witnessed.note = response->checkpoint();
  witnessed.is_quorum = policy.IsQuorum({});
  if (witnessed.note.empty()) return witnessed;
  SignedCheckpoint cosigned{witnessed.note, {}};
  absl::StatusOr<ledger::Checkpoint> opened = check.Open(cosigned.note);
  // That the key is the log's was shown by `checkpoint`.
  if (!opened.ok()) return LogFaultError(absl::StrCat("the cosigned checkpoint: ", opened.status().message()));
  cosigned.checkpoint = *std::move(opened);
  witnessed.size = cosigned.checkpoint.size;
  ASSIGN_OR_RETURN(const ledger::Note note, ledger::ParseNote(cosigned.note));
  const absl::StatusOr<std::set<std::string>> cosigners = policy.CosignersOf(note, certs::VerifyEd25519);
  if (!cosigners.ok()) return LogFaultError(absl::StrCat("the cosigned checkpoint: ", cosigners.status().message()));
  witnessed.names.assign(cosigners->begin(), cosigners->end());
  witnessed.is_quorum = policy.IsQuorum(*cosigners);
  const bool is_newer = cosigned.checkpoint.size > checkpoint.checkpoint.size;
  RETURN_IF_ERROR(
      ProveGrowth(session, check, is_newer ? checkpoint : cosigned, is_newer ? cosigned : checkpoint, contradicting));
  return witnessed;
}

std::string WitnessedText(const Witnessed& witnessed, uint64_t size) {
  return absl::StrCat("Witnessed by ", witnessed.names.size(), witnessed.names.empty() ? "" : ": ",
                      absl::StrJoin(witnessed.names, ", "), "; quorum ", witnessed.is_quorum ? "met" : "not met",
                      ", over ", std::min(witnessed.size, size), " of ", EntriesText(size), ".");
}

absl::Status CheckQuorum(const Witnessed& witnessed, const std::string& agency) {
  if (witnessed.is_quorum) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "NOT_WITNESSED",
                     absl::StrCat("the log of ", agency, " is cosigned by ", witnessed.names.size(),
                                  " of the policy's witnesses, which are not its quorum")));
}

absl::Status CheckOwnReport(const v1::GetWitnessingResponse& response) {
  std::set<std::string> contradicting;
  std::string rolled_back;
  for (const v1::WitnessStatus& witness : response.witnesses()) {
    if (absl::StrContains(witness.fault(), kSawAnotherLog)) contradicting.insert(witness.name());
    if (absl::StrContains(witness.fault(), kRolledBack)) rolled_back = witness.fault();
  }
  if (!rolled_back.empty()) {
    return Fault(Error(absl::StatusCode::kFailedPrecondition, "LOG_ROLLED_BACK", rolled_back));
  }
  if (contradicting.empty() && response.state() != v1::WITNESS_STATE_CONTRADICTED) return absl::OkStatus();
  const std::string who = contradicting.empty() ? "a witness" : absl::StrJoin(contradicting, ", ");
  return Fault(
      Error(absl::StatusCode::kFailedPrecondition, "LOG_CONTRADICTED",
            absl::StrCat("the log is contradicted: the node says that another log of this origin was seen by ", who)));
}

}  // namespace tamga::cli
