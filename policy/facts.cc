#include "policy/facts.h"

namespace tamga::policy {
namespace {

bool Exists(const AttributeInfo& info, int64_t value) {
  switch (info.type) {
    case ValueType::kFlag:
      return value == v1::TERNARY_YES || value == v1::TERNARY_NO;
    case ValueType::kChoice:
      return value >= 1 && value <= static_cast<int64_t>(info.choices.size());
    case ValueType::kNumber:
      return value >= info.min && value <= info.max;
  }
  return false;
}

}  // namespace

void Facts::Put(v1::Attribute attribute, ValueType type, int64_t value, v1::Provenance provenance) {
  const AttributeInfo* info = FindAttribute(attribute);
  if (info == nullptr) return;
  Fact& slot = slots_[static_cast<size_t>(attribute)];
  slot = Fact();
  // A value from a newer peer, which this build does not know, is no knowledge.
  if (info->type != type || !Exists(*info, value) || !v1::Provenance_IsValid(provenance)) return;
  slot = {value, provenance};
}

void Facts::SetFlag(v1::Attribute attribute, v1::Ternary value, v1::Provenance provenance) {
  Put(attribute, ValueType::kFlag, value, provenance);
}

void Facts::SetChoice(v1::Attribute attribute, absl::string_view value, v1::Provenance provenance) {
  const AttributeInfo* info = FindAttribute(attribute);
  if (info != nullptr) Put(attribute, ValueType::kChoice, ChoiceNumber(*info, value), provenance);
}

void Facts::SetNumber(v1::Attribute attribute, int64_t value, v1::Provenance provenance) {
  Put(attribute, ValueType::kNumber, value, provenance);
}

void Facts::Set(const v1::FactValue& fact) {
  const AttributeInfo* info = FindAttribute(fact.attribute());
  if (info == nullptr) return;
  const v1::Provenance provenance =
      fact.provenance() == v1::PROVENANCE_UNSPECIFIED ? v1::PROVENANCE_LOCAL : fact.provenance();
  switch (info->type) {
    case ValueType::kFlag:
      return SetFlag(fact.attribute(), fact.flag(), provenance);
    case ValueType::kChoice:
      return SetChoice(fact.attribute(), fact.choice(), provenance);
    case ValueType::kNumber:
      if (!fact.has_number()) return Forget(fact.attribute());
      return SetNumber(fact.attribute(), fact.number(), provenance);
  }
}

std::vector<v1::FactValue> Facts::ToProto() const {
  std::vector<v1::FactValue> facts;
  for (const AttributeInfo& info : AllAttributes()) {
    const Fact& known = Get(info.attribute);
    if (!known.known()) continue;
    v1::FactValue& fact = facts.emplace_back();
    fact.set_attribute(info.attribute);
    fact.set_provenance(known.provenance);
    switch (info.type) {
      case ValueType::kFlag:
        fact.set_flag(static_cast<v1::Ternary>(known.value));
        break;
      case ValueType::kChoice:
        fact.set_choice(std::string(info.choices[static_cast<size_t>(known.value) - 1]));
        break;
      case ValueType::kNumber:
        fact.set_number(known.value);
        break;
    }
  }
  return facts;
}

void Facts::Forget(v1::Attribute attribute) {
  if (FindAttribute(attribute) != nullptr) slots_[static_cast<size_t>(attribute)] = Fact();
}

}  // namespace tamga::policy
