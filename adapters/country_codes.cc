#include "adapters/country_codes.h"

#include "absl/strings/match.h"

namespace tamga::adapters {
namespace {

using internal::NamedCode;

bool Holds(absl::Span<const NamedCode> table, absl::string_view code) {
  for (const NamedCode& row : table) {
    if (row.code == code) return true;
  }
  return false;
}

}  // namespace

bool IsStateCode(absl::string_view code) { return Holds(internal::States(), code); }

bool IsIssuerCode(absl::string_view code) { return IsStateCode(code) || Holds(internal::OtherIssuers(), code); }

std::string StateCodeOfName(absl::string_view name) {
  for (const absl::Span<const NamedCode> table : {internal::States(), internal::OfficialNames()}) {
    for (const NamedCode& row : table) {
      if (absl::EqualsIgnoreCase(row.name, name)) return std::string(row.code);
    }
  }
  return "";
}

}  // namespace tamga::adapters
