#include "node/audit/explanation.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/text.h"
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
    response.add_explanation(absl::StrCat("Judged once the facts are known: ", rule, "."));
  }
}

}  // namespace

v1::ExplainDecisionResponse Explain(const policy::TreatySet& treaties, const policy::Question& question,
                                    absl::Time now) {
  const policy::Decision decision = treaties.Decide(question, policy::Stage::kRequestIngress, now);
  v1::ExplainDecisionResponse response;
  response.set_permitted(decision.permitted);
  response.set_treaty_id(decision.treaty_id);
  for (const std::string& article : decision.articles) response.add_articles(article);
  response.add_explanation(decision.explanation);
  if (!decision.permitted) {
    response.set_reply_disclosure(v1::DISCLOSURE_LEVEL_NONE);
    response.set_reason(decision.reason);
    for (const std::string& clause : decision.missing) response.add_explanation(Sentence(clause));
    return response;
  }
  response.set_reply_disclosure(decision.reply.level());
  AddPermit(decision, response);
  const policy::Decision egress = treaties.Decide(question, policy::Stage::kRequestEgress, now);
  for (const std::string& sentence : egress.missing) {
    response.add_explanation(absl::StrCat("Before it is sent: ", sentence, "."));
  }
  return response;
}

}  // namespace tamga::audit
