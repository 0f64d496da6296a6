#include "tests/oracle/law.h"

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "policy/day.h"

namespace tamga::policy::oracle {

absl::Time Noon(absl::string_view day) {
  const std::optional<absl::Time> start = ParseDay(day);
  TAMGA_CHECK(start.has_value());
  return *start + absl::Hours(12);
}

std::string StateIn(absl::string_view agency) { return std::string(agency.substr(0, agency.find('/'))); }

std::string NameIn(const TreatyDocument& document, absl::string_view rule_id) {
  const uint32_t version = document.treaty.version();
  return absl::StrCat(document.treaty.id(), version > 1 ? absl::StrCat(":", version) : "", "/", rule_id);
}

std::string NameIn(const NarrowingLaw& narrowing, absl::string_view rule_id) {
  return absl::StrCat(narrowing.origin, "/", rule_id);
}

std::string NameOf(const Rule& rule) {
  return rule.treaty != nullptr ? NameIn(*rule.treaty->document, rule.id) : NameIn(*rule.narrowing, rule.id);
}

}  // namespace tamga::policy::oracle
