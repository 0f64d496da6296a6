#include "node/exchange/waiting_request.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/dischargeable.h"
#include "node/exchange/operations.h"
#include "node/exchange/refusal.h"
#include "policy/decision_record.h"
#include "policy/redact.h"

namespace tamga::exchange {

absl::StatusOr<DecidedAgain> DecideAgain(const treaty::TreatyLibrary& treaties, const v1::MessageHeader& header,
                                         const std::string& body,
                                         const google::protobuf::RepeatedPtrField<v1::DecisionRecord>& decisions,
                                         absl::Time now, absl::Time law_as_of, v1::Ternary barred) {
  const auto decided = std::find_if(decisions.begin(), decisions.end(), [](const v1::DecisionRecord& decision) {
    return policy::StageOf(decision.stage()) == policy::Stage::kRequestEgress;
  });
  const OperationType* const type = FindOperation(header.operation());
  if (decided == decisions.end() || type == nullptr) {
    return absl::DataLossError("the decision that let the waiting request out is not on record");
  }
  DecidedAgain again;
  again.question = policy::QuestionOf(*decided);
  // Another treaty's permission is not what the header claims.
  again.question.treaty_id = header.treaty().id();
  again.question.dischargeable = kDischargeable;
  if (barred != v1::TERNARY_UNSPECIFIED) again.question.facts.SetFlag(v1::ATTRIBUTE_ONWARD_BARRED, barred);
  again.taken = DecideAsOf(*treaties.set, again.question, policy::Stage::kRequestEgress, now, law_as_of);
  const policy::Decision& decision = again.taken.decision;
  if (!decision.permitted) return DenialToCaller(decision);
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> content, ParseStrictly(type->request, body));
  ASSIGN_OR_RETURN(const std::vector<std::string> withheld, policy::CutDown(decision.request, content.get()));
  if (withheld.empty()) return again;
  return Error(absl::StatusCode::kPermissionDenied, "NARROWED",
               absl::StrCat(decision.treaty_id, " no longer lets ", withheld.front(),
                            " cross, which the waiting request holds; ask again, and it is left out"));
}

absl::Status CheckMayStillLeave(const treaty::TreatyLibrary& treaties, const v1::MessageHeader& header,
                                const std::string& body,
                                const google::protobuf::RepeatedPtrField<v1::DecisionRecord>& decisions, absl::Time now,
                                absl::Time law_as_of) {
  return DecideAgain(treaties, header, body, decisions, now, law_as_of).status();
}

}  // namespace tamga::exchange
