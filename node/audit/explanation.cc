#include "node/audit/explanation.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/exchange/dischargeable.h"
#include "policy/attributes.h"
#include "policy/words.h"

namespace tamga::audit {
namespace {

// "PARTIAL (IDENTITY, DOCUMENT)".
std::string InWords(const v1::Disclosure& disclosure) {
  std::string words(absl::StripPrefix(v1::DisclosureLevel_Name(disclosure.level()), "DISCLOSURE_LEVEL_"));
  std::vector<std::string> classes;
  for (const int data_class : disclosure.classes()) {
    classes.emplace_back(absl::StripPrefix(v1::DataClass_Name(static_cast<v1::DataClass>(data_class)), "DATA_CLASS_"));
  }
  if (!classes.empty()) absl::StrAppend(&words, " (", absl::StrJoin(classes, ", "), ")");
  return words;
}

void AddPermit(const policy::Decision& decision, v1::ExplainDecisionResponse& response) {
  response.add_explanation(absl::StrCat("The request may tell: ", InWords(decision.request), "."));
  response.add_explanation(absl::StrCat("The reply may tell: ", InWords(decision.reply), "."));
  if (decision.answer_within_days != 0) {
    response.add_explanation(
        absl::StrCat("An answer is due within ", decision.answer_within_days, " days of receipt."));
  }
  for (const v1::Obligation& obligation : decision.obligations.ToProto()) {
    response.add_explanation(absl::StrCat("In return: ", policy::InWords(obligation), "."));
  }
  for (const std::string& rule : decision.deferred) {
    response.add_explanation(absl::StrCat("It would be forbidden by ", rule, "; that shows once the facts are known."));
  }
}

// A value of 0 is "not said"; others that this version does not know come from newer callers.
template <typename Enum>
absl::Status CheckSaid(absl::string_view field, Enum value, bool (*is_valid)(int)) {
  if (value != 0 && is_valid(value)) return absl::OkStatus();
  return InvalidField(field, "is required and must be a value of this version");
}

// What is supposed counts as known on the best of grounds.
absl::Status AddFacts(const v1::ExplainDecisionRequest& request, policy::Facts* facts) {
  for (v1::FactValue fact : request.facts()) {
    fact.set_provenance(v1::PROVENANCE_AUTHENTICATED);
    const policy::AttributeInfo* info = policy::FindAttribute(fact.attribute());
    if (info != nullptr) facts->Set(fact);
    if (info == nullptr || !facts->Get(fact.attribute()).known()) {
      return InvalidField("facts", absl::StrCat(v1::Attribute_Name(fact.attribute()),
                                                ": no such fact, or it does not take this value"));
    }
  }
  if (!facts->Get(v1::ATTRIBUTE_VOLUME).known()) facts->SetNumber(v1::ATTRIBUTE_VOLUME, 1);
  if (!facts->Get(v1::ATTRIBUTE_EMERGENCY_GROUND).known()) facts->SetChoice(v1::ATTRIBUTE_EMERGENCY_GROUND, "NONE");
  return absl::OkStatus();
}

absl::StatusOr<policy::Question> QuestionOf(const v1::ExplainDecisionRequest& request, const std::string& own_agency) {
  policy::Question question;
  question.asker = request.asker().empty() ? own_agency : request.asker();
  question.answerer = request.answerer();
  question.record_kind = request.record_kind();
  question.operation = request.operation();
  question.purpose = request.purpose();
  question.treaty_id = request.treaty_id();
  question.dischargeable = exchange::kDischargeable;
  RETURN_IF_ERROR(CheckAgency("asker", question.asker));
  RETURN_IF_ERROR(CheckAgency("answerer", question.answerer));
  RETURN_IF_ERROR(CheckSaid("record_kind", question.record_kind, v1::RecordKind_IsValid));
  RETURN_IF_ERROR(CheckSaid("operation", question.operation, v1::Operation_IsValid));
  RETURN_IF_ERROR(CheckSaid("purpose", question.purpose, v1::Purpose_IsValid));
  RETURN_IF_ERROR(CheckText("treaty_id", question.treaty_id, 64));
  RETURN_IF_ERROR(AddFacts(request, &question.facts));
  return question;
}

struct Judged {
  policy::Decision decision;
  const char* where = "";  // of a denial, in the whole exchange
};

Judged JudgeExchange(const policy::TreatySet& treaties, const policy::Question& question, absl::Time now) {
  policy::Decision request = treaties.Decide(question, policy::Stage::kRequestEgress, now);
  if (!request.permitted) return {std::move(request), "The asking node does not let the request out."};
  policy::Decision reply = treaties.Decide(question, policy::Stage::kReplyEgress, now);
  return {std::move(reply), "The request arrives; the answering node refuses it."};
}

}  // namespace

absl::StatusOr<v1::ExplainDecisionResponse> Explain(const policy::TreatySet& treaties,
                                                    const v1::ExplainDecisionRequest& request,
                                                    const std::string& own_agency, absl::Time now) {
  ASSIGN_OR_RETURN(const policy::Question question, QuestionOf(request, own_agency));
  const bool whole = !request.facts().empty();
  const auto [decision, where] = whole ? JudgeExchange(treaties, question, now)
                                       : Judged{treaties.Decide(question, policy::Stage::kRequestIngress, now)};
  v1::ExplainDecisionResponse response;
  response.set_permitted(decision.permitted);
  response.set_treaty_id(decision.treaty_id);
  for (const std::string& article : decision.articles) response.add_articles(article);
  response.add_explanation(decision.explanation);
  if (!decision.permitted) {
    response.set_reply_disclosure(v1::DISCLOSURE_LEVEL_NONE);
    response.set_reason(decision.reason);
    for (const std::string& clause : decision.missing) response.add_explanation(Sentence(clause));
    if (whole) response.add_explanation(where);
    return response;
  }
  response.set_reply_disclosure(decision.reply.level());
  AddPermit(decision, response);
  if (whole) return response;
  const policy::Decision egress = treaties.Decide(question, policy::Stage::kRequestEgress, now);
  for (const std::string& sentence : egress.missing) {
    response.add_explanation(absl::StrCat("The asking node lets the request out only if: ", sentence, "."));
  }
  return response;
}

}  // namespace tamga::audit
