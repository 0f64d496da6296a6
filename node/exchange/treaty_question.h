// What a message asks of the treaties.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "node/treaty/treaty_library.h"
#include "policy/question.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// The question that the header puts. `known`: what the deciding node knows of the person and the record. The facts that
// every node can know of any message come from the header alone: it is about one record, and its asker claims this
// emergency or none. A claim is no better for having been passed on under a seal, so both sides judge it by the same
// provenance.
policy::Question QuestionOf(const v1::MessageHeader& header, const policy::Facts& known = {});

// SHA-256 (32 bytes) of what is in effect under the treaty between the header's parties at the time at which its sender
// issued it, or at `law_as_of` if that is before (pinned_law.h). Two nodes that hold the same acts get the same.
std::string PolicyDigest(const treaty::TreatyLibrary& library, const std::string& treaty_id,
                         const v1::MessageHeader& header, absl::Time law_as_of = absl::InfiniteFuture());

}  // namespace tamga::exchange
