#include "policy/suite.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "policy/day.h"
#include "policy/decision_record.h"

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

std::string ClassesOf(const google::protobuf::RepeatedField<int>& classes) {
  std::vector<std::string> names;
  for (const int data_class : classes) names.push_back(v1::DataClass_Name(static_cast<v1::DataClass>(data_class)));
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, " ");
}

// The level and, where any are written, the classes.
void CompareDisclosure(absl::string_view what, v1::DisclosureLevel level,
                       const google::protobuf::RepeatedField<int>& classes, const v1::Disclosure& found,
                       Comparison* comparison) {
  if (level != v1::DISCLOSURE_LEVEL_UNSPECIFIED) {
    comparison->Compare(what, v1::DisclosureLevel_Name(level), v1::DisclosureLevel_Name(found.level()));
  }
  if (!classes.empty()) {
    comparison->Compare(absl::StrCat(what, " classes"), ClassesOf(classes), ClassesOf(found.classes()));
  }
}

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
  CompareDisclosure("request", expected.request(), expected.request_classes(), decision.request, &comparison);
  CompareDisclosure("reply", expected.reply(), expected.reply_classes(), decision.reply, &comparison);
  if (!expected.obligations().empty()) {
    comparison.Compare("obligations", TypesOf(expected.obligations()), TypesOf(decision.obligations.ToProto()));
  }
  return comparison.differences();
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

Stage StageOf(const v1::TreatyCase& of) { return StageOf(of.stage()); }

absl::Time TimeOf(const v1::TreatyCase& of) {
  const std::optional<absl::Time> day = ParseDay(of.on());
  TAMGA_CHECK(day.has_value());  // ReadSuite has refused every other text.
  return *day + absl::Hours(12);
}

std::string FailureOf(const v1::TreatyCase& of, const TreatySet& treaties) {
  const Decision decision = treaties.Decide(QuestionOf(of), StageOf(of), TimeOf(of));
  const std::vector<std::string> differences = Differences(of.expect(), decision);
  if (differences.empty()) return "";
  return absl::StrCat(of.name(), ": ", absl::StrJoin(differences, "; "), " (", decision.explanation, ")");
}

SuiteReport RunSuite(const TreatySet& treaties, const v1::TreatySuite& suite) {
  SuiteReport report;
  for (const v1::TreatyCase& of : suite.cases()) {
    ++report.cases;
    std::string failure = FailureOf(of, treaties);
    if (!failure.empty()) report.failures.push_back(std::move(failure));
  }
  return report;
}

std::vector<const v1::TreatyCase*> CasesOf(const std::vector<v1::TreatySuite>& suites) {
  std::vector<const v1::TreatyCase*> cases;
  for (const v1::TreatySuite& suite : suites) {
    for (const v1::TreatyCase& of : suite.cases()) cases.push_back(&of);
  }
  return cases;
}

std::string NameOf(const Rule& rule) {
  const std::string& of = rule.treaty != nullptr ? rule.treaty->document->treaty.id() : rule.narrowing->origin;
  return absl::StrCat(of, " ", rule.id);
}

}  // namespace tamga::policy
