#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/text.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

void CheckId(const std::string& id, const Place& place, std::set<std::string>* seen, Findings* findings) {
  CheckRuleId(id, place, findings);
  CheckUnique(seen, id, place, findings);
}

void CheckRuleCites(const Strings& cites, const Known& known, const Place& place, Findings* findings) {
  CheckCites(cites, known, place, place.Field("id"), findings);
}

void CheckParty(const std::string& name, const Known& known, const Place& place, Findings* findings) {
  if (known.states.count(name) + known.agencies.count(name) > 0) return;
  std::string hint = HintFrom(known.agencies, name, *findings);
  if (hint.empty()) hint = HintFrom(known.states, name, *findings);
  findings->Add(place, absl::StrCat("is neither a party nor a party's agency in this document: ", name, hint));
}

// A side that need not be a party. Of those that are parties, the agencies are known.
void CheckAnySide(const std::string& name, const Known& known, const Place& place, Findings* findings) {
  CheckStateOrAgency(name, place, findings);
  if (known.states.count(StateOf(name)) > 0) CheckParty(name, known, place, findings);
}

template <typename Check>
void CheckSide(const Strings& names, const std::string& field, Check check, const Known& known, const Place& scope,
               Findings* findings) {
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    check(names.Get(i), known, scope.Element(field, i), findings);
    CheckUnique(&seen, names.Get(i), scope.Element(field, i), findings);
  }
}

void CheckMatter(const v1::Scope& scope, const Place& place, Findings* findings) {
  CheckEnums(scope.record_kinds(), "record_kinds", v1::RecordKind_IsValid, place, findings);
  CheckEnums(scope.operations(), "operations", v1::Operation_IsValid, place, findings);
  CheckEnums(scope.purposes(), "purposes", v1::Purpose_IsValid, place, findings);
}

template <typename Rule>
RuleHead HeadOf(const Rule& rule) {
  return {rule.id(), rule.cites(), rule.scope()};
}

}  // namespace

void CheckCites(const Strings& cites, const Known& known, const Place& place, const Place& head, Findings* findings) {
  if (cites.empty()) findings->Add(head, "cites no article; name those that say so");
  std::set<std::string> seen;
  for (int i = 0; i < cites.size(); ++i) {
    const Place cite = place.Element("cites", i);
    if (known.is_any_article) {
      CheckArticleNumber(cites.Get(i), cite, findings);
    } else if (known.articles.count(cites.Get(i)) == 0) {
      findings->Add(cite, absl::StrCat("is not an article of this document: ", cites.Get(i),
                                       HintFrom(known.articles, cites.Get(i), *findings)));
    }
    CheckUnique(&seen, cites.Get(i), cite, findings);
  }
}

void CheckRuleHead(const RuleHead& rule, const Known& known, const Place& place, std::set<std::string>* seen,
                   Findings* findings) {
  const Place scope = place.Field("scope");
  CheckId(rule.id, place.Field("id"), seen, findings);
  CheckRuleCites(rule.cites, known, place, findings);
  // A party may be bound towards a State that is not one, so the answering side need not be a party.
  CheckSide(rule.scope.askers(), "askers", known.is_any_side ? CheckAnySide : CheckParty, known, scope, findings);
  CheckSide(rule.scope.answerers(), "answerers", CheckAnySide, known, scope, findings);
  CheckMatter(rule.scope, scope, findings);
}

void CheckGrantHead(const RuleHead& rule, const Known& known, const Place& place, std::set<std::string>* seen,
                    Findings* findings) {
  const Place scope = place.Field("scope");
  CheckId(rule.id, place.Field("id"), seen, findings);
  CheckRuleCites(rule.cites, known, place, findings);
  CheckSide(rule.scope.askers(), "askers", CheckParty, known, scope, findings);
  CheckSide(rule.scope.answerers(), "answerers", CheckParty, known, scope, findings);
  CheckMatter(rule.scope, scope, findings);
  if (rule.scope.record_kinds().empty()) findings->Add(scope, "has no record_kinds; a grant must name them");
  if (rule.scope.operations().empty()) findings->Add(scope, "has no operations; a grant must name them");
  if (rule.scope.purposes().empty()) findings->Add(scope, "has no purposes; a grant must name them");
}

void CheckProhibitions(const google::protobuf::RepeatedPtrField<v1::Prohibition>& rules, const Known& known,
                       const Place& parent, std::set<std::string>* seen, Findings* findings) {
  for (int i = 0; i < rules.size(); ++i) {
    const v1::Prohibition& rule = rules.Get(i);
    const Place place = parent.Element("prohibitions", i);
    CheckRuleHead(HeadOf(rule), known, place, seen, findings);
    CheckConditions(rule.when(), place, findings);
    const std::string& because = rule.ignore_unknown_because();
    if (because.empty()) continue;
    const Place field = place.Field("ignore_unknown_because");
    if (absl::StripAsciiWhitespace(because).empty()) findings->Add(field, "is blank; say why, or leave it out");
    if (rule.when().empty()) findings->Add(field, "has no condition to go with; leave it out");
  }
}

void CheckCeilings(const google::protobuf::RepeatedPtrField<v1::Ceiling>& rules, const Known& known,
                   const Place& parent, std::set<std::string>* seen, Findings* findings) {
  for (int i = 0; i < rules.size(); ++i) {
    const v1::Ceiling& rule = rules.Get(i);
    const Place place = parent.Element("ceilings", i);
    CheckRuleHead(HeadOf(rule), known, place, seen, findings);
    CheckConditions(rule.when(), place, findings);
    if (!rule.has_request() && !rule.has_reply()) {
      findings->Add(place.Field("id"), "limits nothing; write request, reply or both");
    }
    if (rule.has_request()) CheckDisclosure(rule.request(), place.Field("request"), findings);
    if (rule.has_reply()) CheckDisclosure(rule.reply(), place.Field("reply"), findings);
  }
}

void CheckDuties(const google::protobuf::RepeatedPtrField<v1::Duty>& rules, const Known& known, const Place& parent,
                 std::set<std::string>* seen, Findings* findings) {
  for (int i = 0; i < rules.size(); ++i) {
    const v1::Duty& rule = rules.Get(i);
    const Place place = parent.Element("duties", i);
    CheckRuleHead(HeadOf(rule), known, place, seen, findings);
    CheckConditions(rule.when(), place, findings);
    CheckObligation(rule.obligation(), place.Field("obligation"), findings);
  }
}

void CheckNarrowing(const v1::Narrowing& narrowing, const Known& known, const Place& place, Findings* findings) {
  CheckNumberOfRules(narrowing, place, findings);
  std::set<std::string> seen;
  CheckProhibitions(narrowing.prohibitions(), known, place, &seen, findings);
  CheckCeilings(narrowing.ceilings(), known, place, &seen, findings);
  CheckDuties(narrowing.duties(), known, place, &seen, findings);
}

}  // namespace tamga::policy
