// What `audit evidence` asks of a node beside the evidence itself, because it depends on what the bundle holds by then.
#pragma once

#include "absl/status/status.h"
#include "node/cli/session.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::cli {

// Adds the proofs that the log of `agency`, whose node the session is with, only grew to its newest checkpoint in the
// bundle from each smaller one there, its own or of a receipt. The node's error if it does not give one.
absl::Status AddGrowth(Session& session, const std::string& agency, v1::EvidenceBundle* bundle);

// Adds what the node holds of logs that contradicted themselves, if their agencies have an entry in the bundle.
absl::Status AddContradictions(Session& session, v1::EvidenceBundle* bundle);

}  // namespace tamga::cli
