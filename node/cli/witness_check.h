// Whether witnesses stand behind a log, judged by the auditor's own policy: what the node says of them is not trusted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/cli/log_growth.h"
#include "node/ledger/tlog_policy.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::cli {

// The policy (C2SP tlog-policy) in a file. InvalidArgument, naming the file, if it is none.
absl::StatusOr<ledger::TlogPolicy> ReadPolicyFile(const std::string& path);
// InvalidArgument as well if it names logs but not this one.
absl::StatusOr<ledger::TlogPolicy> ReadPolicyFile(const std::string& path, const ledger::NoteKey& log);

struct Witnessed {
  std::vector<std::string> names;  // the policy's, of those whose cosignatures verify
  bool is_quorum = false;
  uint64_t size = 0;  // entries that they cosigned
  std::string note;   // with the cosignatures; empty if there is none
};

// Who of the policy's witnesses cosigned the checkpoint that the node shows as cosigned, which must be of one log with
// `checkpoint`: the node has to prove that. A Fault (LOG_FAULT) if a cosignature does not verify or the two do not go
// together, with their notes then added to `contradicting`; the node's own error if it refuses.
absl::StatusOr<Witnessed> CheckWitnessed(Session& session, const LogCheck& check, const ledger::TlogPolicy& policy,
                                         const SignedCheckpoint& checkpoint, std::vector<std::string>* contradicting);

// "Witnessed by 2: A, B; quorum met, over 5 of 7 entries."
std::string WitnessedText(const Witnessed& witnessed, uint64_t size);
// A Fault (NOT_WITNESSED) unless the quorum is met.
absl::Status CheckQuorum(const Witnessed& witnessed, const std::string& agency);

// What a node's own report says against its log: that witnesses have seen another one of this origin, or that it was
// rolled back. OK if it says nothing of the kind; a Fault (LOG_CONTRADICTED or LOG_ROLLED_BACK) otherwise.
absl::Status CheckOwnReport(const v1::GetWitnessingResponse& response);

}  // namespace tamga::cli
