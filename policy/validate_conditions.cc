#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/attributes.h"
#include "policy/spelling.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

using Conditions = google::protobuf::RepeatedPtrField<v1::Condition>;

bool IsAnswer(int ternary) { return ternary == v1::TERNARY_YES || ternary == v1::TERNARY_NO; }

void CheckChoice(const AttributeInfo& info, const std::string& choice, const Place& place, Findings* findings) {
  if (ChoiceNumber(info, choice) != 0) return;
  const std::string hint = findings->full() ? "" : DidYouMean(choice, info.choices);
  findings->Add(place, hint.empty() ? absl::StrCat("must be one of ", absl::StrJoin(info.choices, ", "))
                                    : absl::StrCat("is no value of the attribute", hint));
}

void CheckChoices(const AttributeInfo& info, const Strings& choices, const std::string& field, const Place& condition,
                  Findings* findings) {
  std::set<std::string> seen;
  for (int i = 0; i < choices.size(); ++i) {
    const Place place = condition.Element(field, i);
    CheckChoice(info, choices.Get(i), place, findings);
    CheckUnique(&seen, choices.Get(i), place, findings);
  }
}

void CheckNumber(const AttributeInfo& info, int64_t number, const Place& place, Findings* findings) {
  if (number < info.min || number > info.max) {
    findings->Add(place, absl::StrCat("must be from ", info.min, " to ", info.max));
  }
}

void CheckFlagTest(const v1::Condition& condition, const Place& place, Findings* findings) {
  if (!IsAnswer(condition.is())) findings->Add(place.Field("is"), "must be TERNARY_YES or TERNARY_NO");
}

void CheckChoiceTest(const AttributeInfo& info, const v1::Condition& condition, const Place& place,
                     Findings* findings) {
  if (condition.any_of().empty() == condition.none_of().empty()) {
    findings->Add(place.Field("attribute"), "is a choice; test it with either any_of or none_of");
  }
  CheckChoices(info, condition.any_of(), "any_of", place, findings);
  CheckChoices(info, condition.none_of(), "none_of", place, findings);
}

void CheckNumberTest(const AttributeInfo& info, const v1::Condition& condition, const Place& place,
                     Findings* findings) {
  if (!condition.has_at_least() && !condition.has_at_most()) {
    findings->Add(place.Field("attribute"), "is a number; test it with at_least, at_most or both");
  }
  if (condition.has_at_least()) CheckNumber(info, condition.at_least(), place.Field("at_least"), findings);
  if (condition.has_at_most()) CheckNumber(info, condition.at_most(), place.Field("at_most"), findings);
  if (condition.has_at_least() && condition.has_at_most() && condition.at_least() > condition.at_most()) {
    findings->Add(place.Field("at_most"), "must not be less than at_least; no number would do");
  }
}

void CheckTest(const AttributeInfo& info, const v1::Condition& condition, const Place& place, Findings* findings) {
  // A test of another type would never be looked at; whoever wrote it meant something by it.
  const auto refuse = [&](bool is_written, ValueType type, const std::string& field) {
    if (is_written && info.type != type) findings->Add(place.Field(field), "does not suit the attribute; leave it out");
  };
  refuse(condition.is() != v1::TERNARY_UNSPECIFIED, ValueType::kFlag, "is");
  refuse(condition.has_at_least(), ValueType::kNumber, "at_least");
  refuse(condition.has_at_most(), ValueType::kNumber, "at_most");
  if (info.type != ValueType::kChoice && condition.any_of_size() + condition.none_of_size() > 0) {
    findings->Add(place.Element(condition.any_of().empty() ? "none_of" : "any_of", 0),
                  "does not suit the attribute; leave it out");
  }
  switch (info.type) {
    case ValueType::kFlag:
      return CheckFlagTest(condition, place, findings);
    case ValueType::kChoice:
      return CheckChoiceTest(info, condition, place, findings);
    case ValueType::kNumber:
      return CheckNumberTest(info, condition, place, findings);
  }
}

void CheckProvenance(const AttributeInfo& info, v1::Provenance least, const Place& place, Findings* findings) {
  if (!v1::Provenance_IsValid(least)) {
    findings->Add(place, "must be a known value, or be left out");
  } else if (least != v1::PROVENANCE_UNSPECIFIED && least < info.least) {
    findings->Add(place, absl::StrCat("must not be less than ", v1::Provenance_Name(info.least),
                                      ", which the attribute requires; raise it or leave it out"));
  }
}

}  // namespace

void CheckConditions(const Conditions& conditions, const Place& rule, Findings* findings) {
  std::set<int> seen;
  for (int i = 0; i < conditions.size(); ++i) {
    const Place place = rule.Element("when", i);
    const v1::Condition& condition = conditions.Get(i);
    const AttributeInfo* info = FindAttribute(condition.attribute());
    if (info == nullptr) {
      findings->Add(place.Field("attribute"), "must be a known attribute other than UNSPECIFIED");
      continue;
    }
    CheckTest(*info, condition, place, findings);
    CheckProvenance(*info, condition.min_provenance(), place.Field("min_provenance"), findings);
    CheckUnique(&seen, condition.attribute(), place.Field("attribute"), findings);
  }
}

void CheckFactValue(const v1::FactValue& fact, const Place& place, Findings* findings) {
  const AttributeInfo* info = FindAttribute(fact.attribute());
  if (info == nullptr) {
    findings->Add(place.Field("attribute"), "must be a known attribute other than UNSPECIFIED");
    return;
  }
  if (!v1::Provenance_IsValid(fact.provenance())) {
    findings->Add(place.Field("provenance"), "must be a known value, or be left out");
  }
  const auto refuse = [&](bool is_written, ValueType type, const std::string& field) {
    if (is_written && info->type != type) {
      findings->Add(place.Field(field), "does not suit the attribute; leave it out");
    }
  };
  refuse(fact.flag() != v1::TERNARY_UNSPECIFIED, ValueType::kFlag, "flag");
  refuse(!fact.choice().empty(), ValueType::kChoice, "choice");
  refuse(fact.has_number(), ValueType::kNumber, "number");
  switch (info->type) {
    case ValueType::kFlag:
      if (!IsAnswer(fact.flag())) {
        findings->Add(place.Field("flag"), "must be TERNARY_YES or TERNARY_NO; leave an unknown fact out");
      }
      return;
    case ValueType::kChoice:
      return CheckChoice(*info, fact.choice(), place.Field("choice"), findings);
    case ValueType::kNumber:
      if (!fact.has_number()) {
        findings->Add(place.Field("number"), "is required; leave an unknown fact out");
        return;
      }
      return CheckNumber(*info, fact.number(), place.Field("number"), findings);
  }
}

}  // namespace tamga::policy
