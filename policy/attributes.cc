#include "policy/attributes.h"

#include <algorithm>
#include <utility>

namespace tamga::policy {
namespace {

using Choices = std::vector<absl::string_view>;

constexpr int64_t kOldestYears = 150;
constexpr int64_t kLongestMonths = 1200;
constexpr int64_t kOldestDays = 100 * 366;
constexpr int64_t kMostRecords = 1'000'000;

AttributeInfo Flag(v1::Attribute attribute) {
  AttributeInfo info;
  info.attribute = attribute;
  return info;
}

AttributeInfo Choice(v1::Attribute attribute, Choices choices) {
  AttributeInfo info;
  info.attribute = attribute;
  info.type = ValueType::kChoice;
  info.choices = std::move(choices);
  return info;
}

AttributeInfo Number(v1::Attribute attribute, int64_t max) {
  AttributeInfo info;
  info.attribute = attribute;
  info.type = ValueType::kNumber;
  info.max = max;
  return info;
}

AttributeInfo OfCaller(AttributeInfo info, v1::Provenance least) {
  info.knower = Knower::kCaller;
  info.least = least;
  return info;
}

AttributeInfo OfPerson(AttributeInfo info) {
  info.knower = Knower::kPersonSide;
  return info;
}

AttributeInfo Secret(AttributeInfo info) {
  info.is_secret = true;
  return info;
}

std::vector<AttributeInfo> MakeTable() {
  return {
      OfPerson(Secret(Flag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN))),
      OfPerson(Secret(Flag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR))),
      OfPerson(Flag(v1::ATTRIBUTE_UNACCOMPANIED_MINOR)),
      Secret(Flag(v1::ATTRIBUTE_VICTIM_CONSENT)),
      OfPerson(Number(v1::ATTRIBUTE_AGE, kOldestYears)),
      OfPerson(Choice(v1::ATTRIBUTE_NATIONALITY, {"ASKER", "ANSWERER", "THIRD_STATE", "STATELESS"})),
      // The names of v1::AlertCategory, in its order, without their prefix.
      Secret(Choice(v1::ATTRIBUTE_ALERT_CATEGORY, {"ENTRY_BAN", "ILLEGAL_MIGRANT", "ARREST", "SENTENCE", "CIVIL_DEBTOR",
                                                   "MISSING_PROTECT", "MISSING_LOCATE", "PREVENT_TRAVEL", "SANCTION",
                                                   "DOCUMENT_LOST", "DOCUMENT_STOLEN", "DOCUMENT_REVOKED"})),
      Secret(Number(v1::ATTRIBUTE_MATCH_CONFIDENCE, 100)),
      Number(v1::ATTRIBUTE_OFFENCE_SEVERITY, kLongestMonths),
      Choice(v1::ATTRIBUTE_IDENTITY_EVIDENCE, {"PROOF", "PRIMA_FACIE", "NONE"}),
      Secret(Number(v1::ATTRIBUTE_RECORD_AGE, kOldestDays)),
      OfCaller(Number(v1::ATTRIBUTE_VOLUME, kMostRecords), v1::PROVENANCE_ATTESTED),
      OfCaller(Choice(v1::ATTRIBUTE_CALLER_ROLE, {"SYSTEM", "OFFICER", "NODE", "AUDITOR", "OPERATOR"}),
               v1::PROVENANCE_AUTHENTICATED),
      OfCaller(Choice(v1::ATTRIBUTE_EMERGENCY_GROUND, {"NONE", "LIFE_AT_RISK", "SERIOUS_CRIME_IMMINENT"}),
               v1::PROVENANCE_ASSERTED),
      Choice(v1::ATTRIBUTE_SUBJECT_CATEGORY, {"SUSPECT", "CONVICTED", "VICTIM", "WITNESS", "MISSING", "OTHER"}),
      Secret(Flag(v1::ATTRIBUTE_ONWARD_BARRED)),
      Flag(v1::ATTRIBUTE_CASE_LINKED),
  };
}

}  // namespace

const std::vector<AttributeInfo>& AllAttributes() {
  static const auto& table = *new std::vector<AttributeInfo>(MakeTable());
  return table;
}

const AttributeInfo* FindAttribute(int attribute) {
  // The table has every attribute once, by number from 1.
  if (attribute < 1 || static_cast<size_t>(attribute) > AllAttributes().size()) return nullptr;
  return &AllAttributes()[static_cast<size_t>(attribute) - 1];
}

int64_t ChoiceNumber(const AttributeInfo& info, absl::string_view choice) {
  const auto found = std::find(info.choices.begin(), info.choices.end(), choice);
  return found == info.choices.end() ? 0 : found - info.choices.begin() + 1;
}

}  // namespace tamga::policy
