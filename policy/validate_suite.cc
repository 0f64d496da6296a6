#include <set>
#include <string>

#include "node/base/text.h"
#include "policy/attributes.h"
#include "policy/validate.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

void CheckCode(absl::string_view code, const Place& place, Findings* findings) {
  bool is_code = !code.empty() && code.size() <= 64;
  for (const char c : code) is_code = is_code && ((c >= 'A' && c <= 'Z') || c == '_');
  if (!is_code) findings->Add(place, "must be a reason code, such as PERMITTED, NO_GRANT or FORBIDDEN");
}

void CheckSideOf(const std::string& agency, const Place& place, Findings* findings) {
  if (!CheckAgency("agency", agency).ok()) findings->Add(place, "must name an agency, such as KAZ/border-service");
}

void CheckExpectation(const v1::Expectation& expect, const Place& place, Findings* findings) {
  CheckCode(expect.reason(), place.Field("reason"), findings);
  if (!expect.treaty_id().empty()) CheckDocumentId(expect.treaty_id(), place.Field("treaty_id"), findings);
  std::set<std::string> seen;
  for (int i = 0; i < expect.articles_size(); ++i) {
    CheckWritten(expect.articles(i), place.Element("articles", i), findings);
    CheckUnique(&seen, expect.articles(i), place.Element("articles", i), findings);
  }
  if (!v1::DisclosureLevel_IsValid(expect.reply())) {
    findings->Add(place.Field("reply"), "must be a known level, or be left out");
  }
  if (!v1::DisclosureLevel_IsValid(expect.request())) {
    findings->Add(place.Field("request"), "must be a known level, or be left out");
  }
  CheckEnums(expect.reply_classes(), "reply_classes", v1::DataClass_IsValid, place, findings);
  CheckEnums(expect.request_classes(), "request_classes", v1::DataClass_IsValid, place, findings);
  CheckEnums(expect.obligations(), "obligations", v1::ObligationType_IsValid, place, findings);
}

void CheckCase(const v1::TreatyCase& test, const Place& place, Findings* findings) {
  CheckWritten(test.name(), place.Field("name"), findings);
  CheckDay(test.on(), place.Field("on"), findings);
  CheckSideOf(test.asker(), place.Field("asker"), findings);
  CheckSideOf(test.answerer(), place.Field("answerer"), findings);
  CheckEnum(test.record_kind(), v1::RecordKind_IsValid, place.Field("record_kind"), findings);
  CheckEnum(test.operation(), v1::Operation_IsValid, place.Field("operation"), findings);
  CheckEnum(test.purpose(), v1::Purpose_IsValid, place.Field("purpose"), findings);
  if (!test.cites().empty()) CheckDocumentId(test.cites(), place.Field("cites"), findings);
  if (!v1::ExchangeStage_IsValid(test.stage())) {
    findings->Add(place.Field("stage"), "must be a known stage, or be left out");
  }
  std::set<int> seen;
  for (int i = 0; i < test.facts_size(); ++i) {
    const Place fact = place.Element("facts", i);
    CheckFactValue(test.facts(i), fact, findings);
    CheckUnique(&seen, static_cast<int>(test.facts(i).attribute()), fact.Field("attribute"), findings);
  }
  CheckExpectation(test.expect(), place.Field("expect"), findings);
}

}  // namespace

void ValidateSuite(const v1::TreatySuite& suite, const Place& root, Findings* findings) {
  std::set<std::string> treaties;
  for (int i = 0; i < suite.treaties_size(); ++i) {
    CheckDocumentId(suite.treaties(i), root.Element("treaties", i), findings);
    CheckUnique(&treaties, suite.treaties(i), root.Element("treaties", i), findings);
  }
  if (suite.cases().empty()) findings->Add(root, "has no cases; write at least one");
  std::set<std::string> names;
  for (int i = 0; i < suite.cases_size(); ++i) {
    const Place place = root.Element("cases", i);
    CheckCase(suite.cases(i), place, findings);
    CheckUnique(&names, suite.cases(i).name(), place.Field("name"), findings);
  }
}

}  // namespace tamga::policy
