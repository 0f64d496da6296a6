// Step 7 of the asking node: the partner's reply is opened, and believed if it answers the request, proves that the
// partner has logged that, and tells no more than the treaty lets in.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/exchange/door.h"
#include "policy/obligations.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/decision_record.pb.h"
#include "tamga/v1/obligation_service.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// A sealed request whose "sent" entry is durable and that has no end yet.
struct SentRequest {
  v1::SealedMessage message;
  v1::MessageHeader header;
  std::string body;                   // empty when withheld
  policy::ObligationSet obligations;  // of the decision that let it out, which knew facts that are not told
};

// The reply to it, with what was found in it.
struct VerifiedReply {
  v1::SealedMessage message;
  v1::MessageHeader header;
  v1::ExchangeReply reply;
  std::string receipt_sha256;
  v1::LogPosition receipt_position;
  v1::DecisionRecord record;           // of the decision about the reply
  std::optional<v1::Holding> holding;  // what the reply obliges us to
};

// PermissionDenied as the policy says if no treaty lets any reply in. DataLoss if the reply is not to this request or
// of another type (WRONG_REPLY), the receipt proves nothing (RECEIPT_INVALID), or it tells more than the treaty lets in
// (REPLY_EXCEEDS_TREATY, REPLY_NOT_IN_ORDER). Otherwise as OpenMessage.
absl::StatusOr<VerifiedReply> OpenReply(const DoorParts& parts, const SentRequest& request, v1::SealedMessage message);

}  // namespace tamga::exchange
