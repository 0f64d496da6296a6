#include "policy/enum_names.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tamga::policy {
namespace {

std::string WithoutPrefix(const std::string& name, absl::string_view prefix, int value) {
  return name.empty() ? absl::StrCat(value) : std::string(absl::StripPrefix(name, prefix));
}

}  // namespace

std::string ShortName(v1::RecordKind value) { return WithoutPrefix(v1::RecordKind_Name(value), "RECORD_KIND_", value); }

std::string ShortName(v1::Operation value) { return WithoutPrefix(v1::Operation_Name(value), "OPERATION_", value); }

std::string ShortName(v1::Purpose value) { return WithoutPrefix(v1::Purpose_Name(value), "PURPOSE_", value); }

std::string ShortName(v1::Attribute value) { return WithoutPrefix(v1::Attribute_Name(value), "ATTRIBUTE_", value); }

std::string ShortName(v1::Ternary value) {
  return value == v1::TERNARY_UNSPECIFIED ? "unknown" : WithoutPrefix(v1::Ternary_Name(value), "TERNARY_", value);
}

}  // namespace tamga::policy
