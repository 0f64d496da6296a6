#include "policy/disclosure.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace tamga::policy {
namespace {

constexpr ClassSet Only(v1::DataClass data_class) { return ClassSet{1} << data_class; }

// What may be told at all, whatever a treaty says.
constexpr ClassSet kTellable = ((ClassSet{1} << v1::DataClass_ARRAYSIZE) - 1) & ~Only(v1::DATA_CLASS_UNSPECIFIED) &
                               ~Only(v1::DATA_CLASS_SAFEGUARD);

}  // namespace

Allowance AllowanceOf(const v1::Disclosure& disclosure) {
  Allowance allowance;
  allowance.refuses_excess = disclosure.on_excess() == v1::ON_EXCESS_REFUSE;
  if (!v1::DisclosureLevel_IsValid(disclosure.level())) return allowance;
  allowance.level = std::max(disclosure.level(), v1::DISCLOSURE_LEVEL_NONE);
  if (allowance.level != v1::DISCLOSURE_LEVEL_PARTIAL) return allowance;
  for (const int data_class : disclosure.classes()) {
    if (v1::DataClass_IsValid(data_class)) allowance.classes |= Only(static_cast<v1::DataClass>(data_class));
  }
  allowance.classes &= kTellable;
  return allowance;
}

v1::Disclosure DisclosureOf(const Allowance& allowance) {
  v1::Disclosure disclosure;
  disclosure.set_level(allowance.level);
  disclosure.set_on_excess(allowance.refuses_excess ? v1::ON_EXCESS_REFUSE : v1::ON_EXCESS_WITHHOLD);
  for (ClassSet rest = allowance.classes; rest != 0; rest &= rest - 1) {
    disclosure.add_classes(static_cast<v1::DataClass>(std::countr_zero(rest)));
  }
  return disclosure;
}

Allowance Join(const Allowance& a, const Allowance& b) {
  Allowance joined;
  joined.level = std::max(a.level, b.level);
  joined.classes = joined.level == v1::DISCLOSURE_LEVEL_PARTIAL ? a.classes | b.classes : 0;
  joined.refuses_excess = a.refuses_excess || b.refuses_excess;
  return joined;
}

Allowance Meet(const Allowance& a, const Allowance& b) {
  Allowance met;
  met.level = std::min(a.level, b.level);
  met.refuses_excess = a.refuses_excess || b.refuses_excess;
  // FULL names no classes and limits none, so the other side's stand; PARTIAL keeps what both name.
  if (met.level == v1::DISCLOSURE_LEVEL_PARTIAL) {
    met.classes = a.level > met.level ? b.classes : b.level > met.level ? a.classes : a.classes & b.classes;
  }
  return met;
}

bool TellsMore(const Allowance& a, const Allowance& b) {
  return std::make_tuple(a.level, std::popcount(a.classes)) > std::make_tuple(b.level, std::popcount(b.classes));
}

ClassSet AllowedClasses(const Allowance& allowance) {
  ClassSet classes = allowance.classes;
  if (allowance.level >= v1::DISCLOSURE_LEVEL_HIT_NO_HIT) classes |= Only(v1::DATA_CLASS_OUTCOME);
  if (allowance.level >= v1::DISCLOSURE_LEVEL_REFERENCE) classes |= Only(v1::DATA_CLASS_REFERENCE);
  if (allowance.level == v1::DISCLOSURE_LEVEL_FULL) classes = kTellable;
  return classes & kTellable;
}

}  // namespace tamga::policy
