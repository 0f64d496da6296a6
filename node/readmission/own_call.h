// What the desk's calls to the door have in common.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "policy/facts.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::readmission {

inline constexpr int kMaxAttemptsOnConflict = 3;

// True if nothing was sent because somebody changed the case, or used the same key, at the same moment: what that did
// is there now. A partner's refusal is none, whatever it says.
inline bool LostRace(const absl::Status& status) {
  return absl::IsAborted(status) && ReasonOf(status) == "VERSION_CONFLICT" &&
         MetadataOf(status).count("refused_by") == 0;
}

// To the microsecond, as steps are timed.
inline absl::Time StepTime(const Clock& clock) { return absl::FromUnixMicros(absl::ToUnixMicros(clock.Now())); }

inline exchange::Outgoing QuestionAbout(const std::string& case_id, const exchange::Call& call,
                                        const v1::CallContext& context, v1::Operation operation) {
  exchange::Outgoing question;
  question.caller = call.caller;
  question.context = context;
  question.record_kind = v1::RECORD_KIND_READMISSION;
  question.operation = operation;
  question.deadline = call.deadline;
  question.order_key = case_id;
  return question;
}

// An answer that was left out is no fact: the policy then treats it as unknown. That a person is too ill to travel is
// no fact of treaties: the desk itself asks for it.
inline policy::Facts FactsOf(const v1::ReadmissionSafeguards& safeguards) {
  policy::Facts facts;
  facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, safeguards.asylum_claim_open());
  facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, safeguards.trafficking_indicator());
  facts.SetFlag(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, safeguards.unaccompanied_minor());
  return facts;
}

}  // namespace tamga::readmission
