#include "node/cli/log_check.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::cli {

absl::StatusOr<ledger::Checkpoint> LogCheck::Open(absl::string_view checkpoint) const {
  absl::StatusOr<ledger::Checkpoint> opened = ledger::OpenCheckpoint(checkpoint, key_, certs::VerifyEd25519);
  if (!opened.ok()) return LogFaultError(absl::StrCat("the checkpoint: ", opened.status().message()));
  return opened;
}

absl::StatusOr<ledger::Checkpoint> LogCheck::CheckInclusion(uint64_t index, absl::string_view proof,
                                                            absl::string_view entry) const {
  const absl::StatusOr<ledger::TlogProof> parsed = ledger::ParseTlogProof(proof);
  if (!parsed.ok()) return LogFaultError(absl::StrCat("the proof: ", parsed.status().message()));
  if (parsed->index != index) {
    return LogFaultError(absl::StrCat("the proof is of entry ", parsed->index, ", not of entry ", index));
  }
  absl::StatusOr<ledger::Checkpoint> checkpoint = ledger::VerifyTlogProof(*parsed, entry, key_, certs::VerifyEd25519);
  if (!checkpoint.ok()) return LogFaultError(absl::StrCat("the proof: ", checkpoint.status().message()));
  return checkpoint;
}

absl::StatusOr<ledger::Checkpoint> LogCheck::CheckGrowth(const ledger::Checkpoint& before,
                                                         const v1::ProveConsistencyResponse& response) const {
  ASSIGN_OR_RETURN(ledger::Checkpoint now, Open(response.checkpoint()));
  std::vector<ledger::Hash> proof;
  for (const std::string& bytes : response.hashes()) {
    const absl::StatusOr<ledger::Hash> hash = ledger::Hash::FromBytes(bytes);
    if (!hash.ok()) return LogFaultError("the consistency proof holds a hash that is not 32 bytes");
    proof.push_back(*hash);
  }
  const absl::Status consistent = ledger::VerifyConsistency(before.size, before.root, now.size, now.root, proof);
  if (!consistent.ok()) {
    return LogFaultError(absl::StrCat("the log of ", EntriesText(now.size), " does not begin with the log of ",
                                      EntriesText(before.size), " that it signed before: ", consistent.message()));
  }
  return now;
}

absl::Status LogFaultError(absl::string_view detail) {
  return Fault(Error(absl::StatusCode::kDataLoss, "LOG_FAULT", detail));
}

std::string EntriesText(uint64_t count) { return absl::StrCat(count, count == 1 ? " entry" : " entries"); }

}  // namespace tamga::cli
