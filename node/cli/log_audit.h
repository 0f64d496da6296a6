// An audit of a node's whole log: what the node finds itself, and what can be checked without trusting it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/cli/environment.h"
#include "node/cli/log_check.h"
#include "node/cli/log_growth.h"
#include "node/cli/session.h"
#include "node/cli/witness_check.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {

// What to audit by.
struct AuditPlan {
  std::string earlier_checkpoint;            // signed note of an earlier visit; empty: none
  uint64_t sample = 0;                       // entries to be proven
  std::optional<ledger::TlogPolicy> policy;  // by which witnesses count
};

struct LogAudit {
  v1::VerifyVerdict verdict;    // the node's, with the faults that were found here added
  SignedCheckpoint checkpoint;  // the one by which everything was checked: the newest when the audit began
  uint64_t entries_proven = 0;
  std::optional<uint64_t> consistent_since;  // size of the earlier checkpoint that the log was shown to begin with
  std::optional<Witnessed> witnessed;        // if there was a policy, and the node showed what goes with the checkpoint
  bool is_rolled_back = false;               // the node says that its log is older than what it signed
  std::vector<std::string> contradicting;    // notes that cannot all be true, where there are such
};

// Fixes one checkpoint, the newest, and checks its signature; then, all against this one: that the node's own verdict
// is about a log that begins with it, the inclusion of `sample` entries at random, with an earlier checkpoint of this
// log that the log still begins with what it was then, with a policy who cosigned it, and what the node reports of its
// witnesses. An error means that the audit could not be done; a bad log is a verdict.
absl::StatusOr<LogAudit> AuditLog(Session& session, const LogCheck& check, const AuditPlan& plan,
                                  Environment& environment);

}  // namespace tamga::cli
