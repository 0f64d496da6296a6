// Whether what somebody brought to check a bundle by has to do with it: a mistyped name is no contradiction, and must
// not pass for a check either.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "node/evidence/bundle_check.h"

namespace tamga::evidence {

// `trusted_states`: whose roots anchors.trust has. Errors, all InvalidArgument: NO_ANCHORS if there is nothing to check
// by; INVALID_FIELD, naming the option of `tamga audit verify-bundle`, for a log key of an agency, or an anchor of a
// State, that the bundle does not name; for a key that is of another log than the agency's, or another than the bundle
// names for that log; for a policy that is for none of the logs; and for an opened message of an exchange that the
// bundle does not hold.
absl::Status CheckAnchorsFit(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                             const std::vector<std::string>& trusted_states,
                             const std::vector<v1::SealedMessage>& opened);

}  // namespace tamga::evidence
