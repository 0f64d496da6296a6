// What a message asks of the treaties.
#pragma once

#include <string>

#include "node/treaty/treaty_library.h"
#include "policy/question.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// The question that the header puts, with the facts that every node can know of any message: it is about one record.
policy::Question QuestionOf(const v1::MessageHeader& header);

// SHA-256 (32 bytes) of what is in effect under the treaty between the header's parties at the time at which its sender
// issued it. Two nodes that hold the same acts get the same.
std::string PolicyDigest(const treaty::TreatyLibrary& library, const std::string& treaty_id,
                         const v1::MessageHeader& header);

}  // namespace tamga::exchange
