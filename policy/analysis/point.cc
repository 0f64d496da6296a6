#include "policy/analysis/point.h"

#include "absl/strings/str_cat.h"
#include "policy/attributes.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

std::string ValueText(const AttributeInfo& info, int64_t value) {
  switch (info.type) {
    case ValueType::kFlag:
      return ShortName(static_cast<v1::Ternary>(value));
    case ValueType::kChoice:
      return std::string(info.choices[static_cast<size_t>(value) - 1]);
    case ValueType::kNumber:
      return absl::StrCat(value);
  }
  return "";
}

}  // namespace

std::string ToText(const Point& point) {
  std::string text = absl::StrCat(point.asker, " asks ", point.answerer, " ", ShortName(point.operation), " (",
                                  ShortName(point.record_kind), ", ", ShortName(point.purpose), ")");
  for (const AttributeInfo& info : AllAttributes()) {
    const Fact& fact = point.facts.Get(info.attribute);
    if (!fact.known()) continue;
    absl::StrAppend(&text, "; ", ShortName(info.attribute), " ", ValueText(info, fact.value));
    // As a rule asks more of it than the attribute does, it matters how it is known.
    if (fact.provenance > info.least)
      absl::StrAppend(&text, " (", v1::Provenance_Name(fact.provenance).substr(11), ")");
  }
  return text;
}

}  // namespace tamga::policy::analysis
