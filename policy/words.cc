#include "policy/words.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/enum_names.h"

namespace tamga::policy {
namespace {

std::string ValueName(const AttributeInfo& info, int64_t value) {
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

int64_t LastValue(const AttributeInfo& info) {
  if (info.type == ValueType::kFlag) return v1::TERNARY_NO;
  return static_cast<int64_t>(info.choices.size());
}

// The values that the test allows, or, if `inverted`, the others.
std::string Values(const AttributeInfo& info, const Test& test, bool inverted) {
  std::vector<std::string> names;
  for (int64_t value = 1; value <= LastValue(info); ++value) {
    if ((((test.allowed >> value) & 1) != 0) != inverted) names.push_back(ValueName(info, value));
  }
  return names.empty() ? "impossible" : absl::StrJoin(names, " or ");
}

std::string Range(const AttributeInfo& info, const Test& test, bool inverted) {
  std::vector<std::string> parts;
  const bool has_least = test.at_least > info.min;
  const bool has_most = test.at_most < info.max;
  if (inverted) {
    if (has_least) parts.push_back(absl::StrCat("below ", test.at_least));
    if (has_most) parts.push_back(absl::StrCat("above ", test.at_most));
    return parts.empty() ? "impossible" : absl::StrJoin(parts, " or ");
  }
  if (has_least) parts.push_back(absl::StrCat("at least ", test.at_least));
  if (has_most) parts.push_back(absl::StrCat("at most ", test.at_most));
  return parts.empty() ? "known" : absl::StrJoin(parts, " and ");
}

std::string Allowed(const Test& test, bool inverted) {
  const AttributeInfo& info = *FindAttribute(test.attribute);
  return test.is_number ? Range(info, test, inverted) : Values(info, test, inverted);
}

std::string BearerOf(v1::Bearer bearer) {
  switch (bearer) {
    case v1::BEARER_ASKER:
      return "the asking side";
    case v1::BEARER_ANSWERER:
      return "the answering side";
    default:
      return "both sides";
  }
}

std::string DutyOf(const v1::Obligation& obligation) {
  const std::string amount = absl::StrCat(obligation.amount());
  switch (obligation.type()) {
    case v1::OBLIGATION_TYPE_RETAIN_AT_MOST:
      return absl::StrCat("what was received is erased after ", amount, " days");
    case v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER:
      return "what was received is not passed on";
    case v1::OBLIGATION_TYPE_USE_ONLY_FOR: {
      std::vector<std::string> purposes;
      for (const int purpose : obligation.purposes()) purposes.push_back(ShortName(static_cast<v1::Purpose>(purpose)));
      return absl::StrCat("what was received serves only ",
                          purposes.empty() ? "no purpose" : absl::StrJoin(purposes, " or "));
    }
    case v1::OBLIGATION_TYPE_NOTIFY_WITHIN:
      return absl::StrCat("the other side is told of the outcome within ", amount, " hours");
    case v1::OBLIGATION_TYPE_FOUR_EYES:
      if (obligation.amount() == 1) return "another officer agrees before it leaves";
      return absl::StrCat(amount, " other officers agree before it leaves");
    case v1::OBLIGATION_TYPE_HUMAN_REVIEW:
      return "a person looks at it before anything is done";
    case v1::OBLIGATION_TYPE_QUOTA:
      return absl::StrCat("at most ", amount, " exchanges in ", obligation.window_hours(), " hours");
    case v1::OBLIGATION_TYPE_VOLUME:
      return absl::StrCat("at most ", amount, " records at once");
    case v1::OBLIGATION_TYPE_REPORT_USE:
      return absl::StrCat("the other side is told within ", amount, " days what use was made of it");
    default:
      return absl::StrCat("obligation ", obligation.type());
  }
}

}  // namespace

std::string InWords(const Test& test, absl::string_view verb) {
  return absl::StrCat(ShortName(test.attribute), verb, Allowed(test, /*inverted=*/false));
}

std::string Otherwise(const Test& test) {
  return absl::StrCat(ShortName(test.attribute), " must be known to be ", Allowed(test, /*inverted=*/true));
}

std::string InWords(const Facts& facts, v1::Attribute attribute) {
  const Fact& fact = facts.Get(attribute);
  return fact.known() ? ValueName(*FindAttribute(attribute), fact.value) : "unknown";
}

std::string InWords(const v1::Obligation& obligation) {
  return absl::StrCat(DutyOf(obligation), " (", BearerOf(obligation.bearer()), ")");
}

}  // namespace tamga::policy
