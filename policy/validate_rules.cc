#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/text.h"
#include "policy/validate.h"
#include "tamga/v1/data_class.pb.h"

namespace tamga::policy {
namespace {

// What rules may refer to.
struct Known {
  std::set<std::string> articles;
  std::set<std::string> parties;  // States and agencies
};

Known KnownIn(const v1::Treaty& treaty) {
  Known known;
  for (const v1::Article& article : treaty.articles()) known.articles.insert(article.number());
  for (const v1::Party& party : treaty.parties()) {
    known.parties.insert(party.state());
    known.parties.insert(party.agencies().begin(), party.agencies().end());
  }
  return known;
}

bool IsRuleId(absl::string_view id) {
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_islower(byte) && !absl::ascii_isdigit(byte) && c != '-') return false;
  }
  return !id.empty() && id.size() <= 64;
}

void CheckId(const std::string& id, const Place& place, std::set<std::string>* seen, Findings* findings) {
  if (!IsRuleId(id)) findings->Add(place, "must be 1 to 64 lower-case letters, digits and hyphens");
  CheckUnique(seen, id, place, findings);
}

template <typename Rule>
void CheckCites(const Rule& rule, const Known& known, const Place& place, Findings* findings) {
  if (rule.cites().empty()) findings->Add(place.Field("id"), "cites no article; name those that say so");
  for (int i = 0; i < rule.cites_size(); ++i) {
    if (known.articles.count(rule.cites(i)) == 0) {
      findings->Add(place.Element("cites", i), absl::StrCat("is not an article of this document: ", rule.cites(i)));
    }
  }
}

// An enumerator of a repeated field must be known to this build and say something.
template <typename List, typename IsValid>
void CheckEnums(const List& values, const std::string& field, IsValid is_valid, const Place& place,
                Findings* findings) {
  for (int i = 0; i < values.size(); ++i) {
    if (values.Get(i) == 0 || !is_valid(values.Get(i))) {
      findings->Add(place.Element(field, i), "must be a known value other than UNSPECIFIED");
    }
  }
}

void CheckScope(const v1::Scope& scope, const Place& place, Findings* findings) {
  CheckEnums(scope.record_kinds(), "record_kinds", v1::RecordKind_IsValid, place, findings);
  CheckEnums(scope.operations(), "operations", v1::Operation_IsValid, place, findings);
  CheckEnums(scope.purposes(), "purposes", v1::Purpose_IsValid, place, findings);
}

template <typename List>
void CheckSide(const List& names, const std::string& field, const Known& known, const Place& place,
               Findings* findings) {
  for (int i = 0; i < names.size(); ++i) {
    if (known.parties.count(names.Get(i)) == 0) {
      findings->Add(place.Element(field, i),
                    absl::StrCat("is neither a party nor a party's agency in this document: ", names.Get(i)));
    }
  }
}

void CheckConditions(const google::protobuf::RepeatedPtrField<v1::Condition>& conditions, const Place& rule,
                     Findings* findings) {
  std::set<int> seen;
  for (int i = 0; i < conditions.size(); ++i) {
    const Place place = rule.Element("when", i);
    const v1::Condition& condition = conditions.Get(i);
    if (!v1::Attribute_IsValid(condition.attribute()) || condition.attribute() == v1::ATTRIBUTE_UNSPECIFIED) {
      findings->Add(place.Field("attribute"), "must be a known attribute other than UNSPECIFIED");
    }
    if (condition.is() != v1::TERNARY_YES && condition.is() != v1::TERNARY_NO) {
      findings->Add(place.Field("is"), "must be TERNARY_YES or TERNARY_NO");
    }
    CheckUnique(&seen, condition.attribute(), place.Field("attribute"), findings);
  }
}

void CheckDisclosure(const v1::Disclosure& disclosure, const Place& place, Findings* findings) {
  if (!v1::DisclosureLevel_IsValid(disclosure.level()) || disclosure.level() == v1::DISCLOSURE_LEVEL_UNSPECIFIED) {
    findings->Add(place.Field("level"), "is required; say how much may be told");
  }
  if (!v1::OnExcess_IsValid(disclosure.on_excess())) {
    findings->Add(place.Field("on_excess"), "must be ON_EXCESS_WITHHOLD or ON_EXCESS_REFUSE");
  }
  const bool is_partial = disclosure.level() == v1::DISCLOSURE_LEVEL_PARTIAL;
  if (is_partial && disclosure.classes().empty()) {
    findings->Add(place.Field("level"), "names no classes; name them, or use DISCLOSURE_LEVEL_REFERENCE");
  }
  for (int i = 0; i < disclosure.classes_size(); ++i) {
    const v1::DataClass data_class = disclosure.classes(i);
    const Place element = place.Element("classes", i);
    if (!is_partial) findings->Add(element, "belongs with DISCLOSURE_LEVEL_PARTIAL only; leave it out");
    if (!v1::DataClass_IsValid(data_class) || data_class == v1::DATA_CLASS_UNSPECIFIED ||
        data_class == v1::DATA_CLASS_SAFEGUARD) {
      findings->Add(element, "must be a known class other than UNSPECIFIED and SAFEGUARD, which never leave");
    }
  }
}

void CheckGrant(const v1::Grant& grant, const Known& known, const Place& place, Findings* findings) {
  const Place scope = place.Field("scope");
  CheckCites(grant, known, place, findings);
  CheckScope(grant.scope(), scope, findings);
  CheckSide(grant.scope().askers(), "askers", known, scope, findings);
  CheckSide(grant.scope().answerers(), "answerers", known, scope, findings);
  if (grant.scope().record_kinds().empty()) findings->Add(scope, "has no record_kinds; a grant must name them");
  if (grant.scope().operations().empty()) findings->Add(scope, "has no operations; a grant must name them");
  if (grant.scope().purposes().empty()) findings->Add(scope, "has no purposes; a grant must name them");
  CheckConditions(grant.when(), place, findings);
  CheckDisclosure(grant.request(), place.Field("request"), findings);
  CheckDisclosure(grant.reply(), place.Field("reply"), findings);
  const auto& operations = grant.scope().operations();
  const bool checks =
      std::find(operations.begin(), operations.end(), v1::OPERATION_WATCHLIST_CHECK) != operations.end();
  // Nothing told looks like nothing found.
  if (checks && grant.reply().level() == v1::DISCLOSURE_LEVEL_NONE) {
    findings->Add(place.Field("reply").Field("level"),
                  "tells nothing of a check; use DISCLOSURE_LEVEL_HIT_NO_HIT or more, or grant no check");
  }
}

void CheckProhibition(const v1::Prohibition& prohibition, const Known& known, const Place& place, Findings* findings) {
  const Place scope = place.Field("scope");
  CheckCites(prohibition, known, place, findings);
  CheckScope(prohibition.scope(), scope, findings);
  CheckSide(prohibition.scope().askers(), "askers", known, scope, findings);
  // A party may be bound towards a State that is not one, so the answering side need only have the right form.
  for (int i = 0; i < prohibition.scope().answerers_size(); ++i) {
    const std::string& answerer = prohibition.scope().answerers(i);
    if (!IsState(answerer) && !CheckAgency("answerer", answerer).ok()) {
      findings->Add(scope.Element("answerers", i),
                    "must be a State such as KAZ or an agency such as KAZ/border-service");
    }
  }
  CheckConditions(prohibition.when(), place, findings);
}

}  // namespace

void ValidateRules(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  const Known known = KnownIn(treaty);
  if (treaty.grants().empty() && treaty.prohibitions().empty()) {
    findings->Add(root.Field("id"), "has neither grants nor prohibitions; write what the treaty allows or forbids");
  }
  std::set<std::string> seen;  // of grants and prohibitions together, so that an id alone tells which rule is meant
  for (int i = 0; i < treaty.grants_size(); ++i) {
    const Place place = root.Element("grants", i);
    CheckId(treaty.grants(i).id(), place.Field("id"), &seen, findings);
    CheckGrant(treaty.grants(i), known, place, findings);
  }
  for (int i = 0; i < treaty.prohibitions_size(); ++i) {
    const Place place = root.Element("prohibitions", i);
    CheckId(treaty.prohibitions(i).id(), place.Field("id"), &seen, findings);
    CheckProhibition(treaty.prohibitions(i), known, place, findings);
  }
}

}  // namespace tamga::policy
