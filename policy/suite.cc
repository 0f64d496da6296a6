#include "policy/suite.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "policy/day.h"

namespace tamga::policy {
namespace {

// "expected A, but B" for each expectation that is written and not met.
class Comparison {
 public:
  void Compare(absl::string_view what, const std::string& expected, const std::string& found) {
    if (expected == found) return;
    differences_.push_back(absl::StrCat(what, ": expected ", expected, ", but it is ", found.empty() ? "none" : found));
  }

  const std::vector<std::string>& differences() const { return differences_; }

 private:
  std::vector<std::string> differences_;
};

std::string TypesOf(const std::vector<v1::Obligation>& obligations) {
  std::vector<std::string> names;
  for (const v1::Obligation& obligation : obligations) names.push_back(v1::ObligationType_Name(obligation.type()));
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, " ");
}

std::string TypesOf(const google::protobuf::RepeatedField<int>& types) {
  std::vector<std::string> names;
  for (const int type : types) names.push_back(v1::ObligationType_Name(type));
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, " ");
}

std::vector<std::string> Differences(const v1::Expectation& expected, const Decision& decision) {
  Comparison comparison;
  comparison.Compare("reason", expected.reason(), decision.reason);
  if (!expected.treaty_id().empty()) comparison.Compare("treaty", expected.treaty_id(), decision.treaty_id);
  if (!expected.articles().empty()) {
    std::vector<std::string> articles(expected.articles().begin(), expected.articles().end());
    std::sort(articles.begin(), articles.end());
    comparison.Compare("articles", absl::StrJoin(articles, ", "), absl::StrJoin(decision.articles, ", "));
  }
  if (expected.reply() != v1::DISCLOSURE_LEVEL_UNSPECIFIED) {
    comparison.Compare("reply", v1::DisclosureLevel_Name(expected.reply()),
                       v1::DisclosureLevel_Name(decision.reply.level()));
  }
  if (!expected.obligations().empty()) {
    comparison.Compare("obligations", TypesOf(expected.obligations()), TypesOf(decision.obligations.ToProto()));
  }
  return comparison.differences();
}

std::string NameOf(const Rule& rule) {
  const std::string& of = rule.treaty != nullptr ? rule.treaty->document->treaty.id() : rule.narrowing->origin;
  return absl::StrCat(of, " ", rule.id);
}

}  // namespace

Question QuestionOf(const v1::TreatyCase& of) {
  Question question;
  question.asker = of.asker();
  question.answerer = of.answerer();
  question.record_kind = of.record_kind();
  question.operation = of.operation();
  question.purpose = of.purpose();
  question.treaty_id = of.cites();
  for (const v1::FactValue& fact : of.facts()) question.facts.Set(fact);
  // A suite is about the law, not about what some node can do.
  question.dischargeable = kAllObligationTypes;
  return question;
}

Stage StageOf(const v1::TreatyCase& of) {
  switch (of.stage()) {
    case v1::EXCHANGE_STAGE_REQUEST_INGRESS:
      return Stage::kRequestIngress;
    case v1::EXCHANGE_STAGE_REPLY_EGRESS:
      return Stage::kReplyEgress;
    case v1::EXCHANGE_STAGE_REPLY_INGRESS:
      return Stage::kReplyIngress;
    default:
      return Stage::kRequestEgress;
  }
}

absl::Time TimeOf(const v1::TreatyCase& of) {
  const std::optional<absl::Time> day = ParseDay(of.on());
  TAMGA_CHECK(day.has_value());  // ReadSuite has refused every other text.
  return *day + absl::Hours(12);
}

SuiteReport RunSuite(const TreatySet& treaties, const v1::TreatySuite& suite) {
  SuiteReport report;
  for (const v1::TreatyCase& of : suite.cases()) {
    ++report.cases;
    const Question question = QuestionOf(of);
    const Decision decision = treaties.Decide(question, StageOf(of), TimeOf(of));
    const std::vector<std::string> differences = Differences(of.expect(), decision);
    if (!differences.empty()) {
      report.failures.push_back(
          absl::StrCat(of.name(), ": ", absl::StrJoin(differences, "; "), " (", decision.explanation, ")"));
    }
    const Verdict verdict = treaties.Judge(question, StageOf(of), TimeOf(of));
    for (const GrantRule* rule : verdict.grants) report.rules.insert(NameOf(*rule));
    for (const ProhibitionRule* rule : verdict.hits) report.rules.insert(NameOf(*rule));
  }
  return report;
}

}  // namespace tamga::policy
