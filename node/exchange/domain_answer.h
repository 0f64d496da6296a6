// Step 4 of the answering node, second half: a domain service is asked, and its answer is decided about and cut down to
// what the treaty discloses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/message.h"
#include "node/store/effects.h"
#include "node/store/rows.h"
#include "policy/decision.h"
#include "tamga/v1/decision_record.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// A request that was opened, and what was decided about it.
struct ReceivedRequest {
  OpenedMessage opened;
  policy::Decision decision;
  v1::DecisionRecord record;  // of what the treaties said, whatever else stood in the way
  absl::Status body;          // whether it holds what the decision permits
  absl::Time received_at;
  absl::Time law_as_of = absl::InfiniteFuture();  // by which it and its reply are decided (pinned_law.h)
  v1::Receipt receipt;
};

// What the reply says, and what commits with it.
struct Outcome {
  v1::ExchangeReply reply;
  store::Effects effects;
  std::vector<v1::DecisionRecord> records;  // of the decision about the reply, if there was one
  policy::ObligationSet obligations;        // in return for what the request told
  policy::Decision decision;                // about the reply, if the service gave one
  std::optional<store::Origin> origin;      // of what the reply tells
  bool repeats = false;         // the answer was given before, to the same request under another exchange id
  std::string approval_sha256;  // what officers agreed to, or have to; empty where that may not be told
};

// Asks the service of the request's operation. A refusal by the treaties, also one that waits for officers, is an
// outcome; an error is the service's own.
absl::StatusOr<Outcome> AskDomain(const DoorParts& parts, const Approvals& approvals, const ReceivedRequest& request);

}  // namespace tamga::exchange
