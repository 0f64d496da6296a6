// What the desks' calls to the door, and their answers to it, have in common.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

// Partners are told nothing of a status that asks for another attempt; here another attempt is another message.
inline absl::Status Tellable(const absl::Status& status) {
  if (!absl::IsAborted(status) || ReasonOf(status).empty()) return status;
  return Error(absl::StatusCode::kOutOfRange, ReasonOf(status), status.message(), MetadataOf(status));
}

// What a failed step keeps as the reason of its failure.
inline std::string ReasonCodeOf(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

// To the microsecond, as steps are timed.
inline absl::Time StepTime(const Clock& clock) { return absl::FromUnixMicros(absl::ToUnixMicros(clock.Now())); }

// A step goes under its case's treaty. INVALID_FIELD for a call that names another one.
inline absl::Status CheckTreaty(const std::string& treaty_id, const v1::CallContext& context) {
  if (context.treaty_id().empty() || context.treaty_id() == treaty_id) return absl::OkStatus();
  return InvalidField("context.treaty_id", absl::StrCat("the case was submitted under ", treaty_id,
                                                        "; leave the field out or name that treaty"));
}

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
