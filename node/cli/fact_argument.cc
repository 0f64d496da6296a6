#include "node/cli/fact_argument.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/enum_name.h"
#include "policy/attributes.h"

namespace tamga::cli {
namespace {

absl::Status SetFlag(const std::string& value, v1::FactValue* fact) {
  if (value != "YES" && value != "NO") return absl::InvalidArgumentError("must be YES or NO");
  fact->set_flag(value == "YES" ? v1::TERNARY_YES : v1::TERNARY_NO);
  return absl::OkStatus();
}

absl::Status SetChoice(const policy::AttributeInfo& info, const std::string& value, v1::FactValue* fact) {
  if (policy::ChoiceNumber(info, value) == 0) {
    return absl::InvalidArgumentError(absl::StrCat("must be one of ", absl::StrJoin(info.choices, ", ")));
  }
  fact->set_choice(value);
  return absl::OkStatus();
}

absl::Status SetNumber(const policy::AttributeInfo& info, const std::string& value, v1::FactValue* fact) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(value, &number) || number < info.min || number > info.max) {
    return absl::InvalidArgumentError(absl::StrCat("must be a number from ", info.min, " to ", info.max));
  }
  fact->set_number(number);
  return absl::OkStatus();
}

absl::StatusOr<v1::FactValue> ParseFact(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  ASSIGN_OR_RETURN(const int attribute, ParseEnumName(*v1::Attribute_descriptor(), parts.first));
  const policy::AttributeInfo* info = policy::FindAttribute(attribute);
  if (info == nullptr) return absl::InvalidArgumentError("no treaty can ask for it");
  const std::string value = absl::AsciiStrToUpper(parts.second);
  v1::FactValue fact;
  fact.set_attribute(info->attribute);
  switch (info->type) {
    case policy::ValueType::kFlag:
      RETURN_IF_ERROR(SetFlag(value, &fact));
      break;
    case policy::ValueType::kChoice:
      RETURN_IF_ERROR(SetChoice(*info, value, &fact));
      break;
    case policy::ValueType::kNumber:
      RETURN_IF_ERROR(SetNumber(*info, value, &fact));
      break;
  }
  return fact;
}

}  // namespace

absl::StatusOr<std::vector<v1::FactValue>> ParseFacts(const std::vector<std::string>& texts) {
  std::vector<v1::FactValue> facts;
  for (const std::string& text : texts) {
    absl::StatusOr<v1::FactValue> fact = ParseFact(text);
    if (!fact.ok()) {
      return InvalidField("--fact", absl::StrCat(text, ": ", fact.status().message(), "; write it as NAME=VALUE"));
    }
    for (const v1::FactValue& earlier : facts) {
      if (earlier.attribute() != fact->attribute()) continue;
      return InvalidField("--fact", absl::StrCat(ShortEnumName(fact->attribute()), " is given twice; say it once"));
    }
    facts.push_back(*std::move(fact));
  }
  return facts;
}

}  // namespace tamga::cli
