// What a partner's reply may hold beside the result: it goes into our log and to our callers, so it is bounded and
// checked.
#pragma once

#include "absl/status/status.h"
#include "policy/decision.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// OK if the texts of a refusal are short and in order, or else the articles are those of `decision`, the withheld
// fields are fields of the result's type, and the disclosure is not above the decision's. DataLoss (REPLY_NOT_IN_ORDER)
// otherwise.
absl::Status CheckReply(const v1::ExchangeReply& reply, const policy::Decision& decision,
                        const google::protobuf::Descriptor& result_type);

// `reason` if it looks like a reason code (1 to 40 of A-Z 0-9 _), "OTHER" if not.
std::string ReasonCode(absl::string_view reason);

}  // namespace tamga::exchange
