#include "node/cli/enum_name.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace tamga::cli {
namespace {

using google::protobuf::EnumDescriptor;

// Our enums all have a zero value <PREFIX>_UNSPECIFIED.
absl::string_view PrefixOf(const EnumDescriptor& type) {
  return absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED");
}

}  // namespace

std::string ShortEnumName(const EnumDescriptor& type, int value) {
  const auto* enumerator = type.FindValueByNumber(value);
  if (enumerator == nullptr) return absl::StrCat(value);
  if (value == 0) return "-";
  return std::string(absl::StripPrefix(enumerator->name(), PrefixOf(type)));
}

std::string EnumChoices(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(ShortEnumName(type, type.value(i)->number()));
  const std::string last = names.back();
  names.pop_back();
  return names.empty() ? last : absl::StrCat(absl::StrJoin(names, ", "), " or ", last);
}

absl::StatusOr<int> ParseEnumName(const EnumDescriptor& type, absl::string_view text) {
  const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}});
  for (int i = 1; i < type.value_count(); ++i) {
    const std::string& full = type.value(i)->name();
    if (name == full || name == absl::StripPrefix(full, PrefixOf(type))) return type.value(i)->number();
  }
  return absl::InvalidArgumentError(absl::StrCat("must be ", EnumChoices(type)));
}

}  // namespace tamga::cli
