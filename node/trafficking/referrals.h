// The notes that each node keeps on where a case came from and went. Pure: giver and receiver make the same step from
// the same exchange.
#pragma once

#include <string>

#include "tamga/v1/sealed_message.pb.h"
#include "tamga/v1/trafficking.pb.h"

namespace tamga::trafficking {

// Notes the handover that a request of operation REFER or SHARE, whose header this is, carried; a referral also makes
// the receiver the owner. A case that knows of this exchange already stays as it is: false.
bool RecordHandover(const v1::MessageHeader& header, v1::TraffickingCase* record);

// The last step of this kind to `to`; nullptr if there is none.
const v1::ReferralStep* FindHandover(const v1::TraffickingCase& record, const std::string& to, v1::ReferralKind kind);

// True if a step of `record` was carried by this exchange.
bool KnowsExchange(const v1::TraffickingCase& record, const v1::MessageHeader& header);

}  // namespace tamga::trafficking
