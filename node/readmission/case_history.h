// The life of a readmission case: which events there are and which may follow which. Pure: both sides of a case build
// the same events from the same exchange, so that their histories are equal.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::readmission {

using Articles = google::protobuf::RepeatedPtrField<std::string>;

// Receipt is proven: puts SUBMITTED and RECEIVED at the head of the history, and moves a SUBMITTED case on to RECEIVED.
// `header` is that of the submission. A case that already knows of this exchange stays as it is: false.
bool RecordReceipt(const v1::MessageHeader& header, const v1::ReadmissionReceived& received, const Articles& articles,
                   v1::ReadmissionCase* record);

// The submission was refused or expired at `now`: a SUBMITTED case becomes NOT_DELIVERED, with the stable reason code
// as reason. Any other case stays as it is: false.
bool RecordNonDelivery(const v1::MessageHeader& header, const std::string& reason, absl::Time now,
                       v1::ReadmissionCase* record);

// The requested side answers: the case becomes ACCEPTED or REFUSED. `header` is that of the reply. A case that holds
// this very decision stays as it is: false.
bool RecordDecision(const v1::MessageHeader& header, const v1::ReadmissionDecision& decision, const Articles& articles,
                    v1::ReadmissionCase* record);

// Takes out of the history what the requested side's answer says beside the outcome: code and reasons of a refusal.
void ClearAnswer(v1::ReadmissionCase* record);
// The same for good: the history then says "erased" in their place.
void EraseAnswer(v1::ReadmissionCase* record);

// True if the case was answered by just this decision (state, refusal code, reasons and time).
bool HoldsDecision(const v1::ReadmissionCase& record, const v1::ReadmissionDecision& decision);

// OK if the case may be answered now; FailedPrecondition (reason ILLEGAL_TRANSITION) otherwise, naming its state. The
// requesting side may see the answer before the proof of receipt, so there SUBMITTED will do too.
absl::Status CheckMayBeAnswered(const v1::ReadmissionCase& record, const std::string& own_agency);

// What the exchange that carried the submission left behind, as far as the case itself tells.
v1::ExchangeSummary SummaryOfSubmission(const v1::ReadmissionCase& record);
// The same of the exchange that carried the reply.
v1::ExchangeSummary SummaryOfReply(const v1::ReadmissionCase& record);

}  // namespace tamga::readmission
