// Cases go on under the law that they began under: a treaty that was suspended, denounced or amended in mid-case still
// carries what follows in it. What is forbidden now stays forbidden.
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "node/exchange/asking.h"
#include "policy/treaty_set.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// By the law of which time the request with this header and body is decided, as the service of its operation says.
// InfiniteFuture: by that of now; so where there is no such service.
absl::Time LawAsOf(const std::map<v1::Operation, OperationHandler*>& handlers, const v1::MessageHeader& header,
                   const std::string& body);

// A decision, and the time as of which the treaties give it again.
struct PinnedDecision {
  policy::Decision decision;
  absl::Time at;
};

// What the treaties say at `now` if `law_as_of` is not before it. Otherwise what they said then, in the version of
// then, unless a prohibition holds at `now` (FORBIDDEN) or cannot be ruled out (FACT_UNKNOWN). What began on a day of
// which there is an act, which has no hour, began before it.
PinnedDecision DecideAsOf(const policy::TreatySet& treaties, const policy::Question& question, policy::Stage stage,
                          absl::Time now, absl::Time law_as_of);

}  // namespace tamga::exchange
