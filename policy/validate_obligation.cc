#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

// What the amount of an obligation counts, and how far it may go. Beyond that nobody could discharge it, or it would
// bind nobody.
struct Terms {
  v1::ObligationType type;
  const char* unit;  // null: it counts nothing
  uint32_t most = 0;
};

constexpr uint32_t kLongestDays = 100 * 366;
constexpr uint32_t kLongestHours = 366 * 24;
constexpr uint32_t kMostExchanges = 1'000'000;
constexpr uint32_t kMostOfficers = 8;

constexpr Terms kTerms[] = {
    {v1::OBLIGATION_TYPE_RETAIN_AT_MOST, "days", kLongestDays},
    {v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER, nullptr},
    {v1::OBLIGATION_TYPE_USE_ONLY_FOR, nullptr},
    {v1::OBLIGATION_TYPE_NOTIFY_WITHIN, "hours", kLongestHours},
    {v1::OBLIGATION_TYPE_FOUR_EYES, "officers", kMostOfficers},
    {v1::OBLIGATION_TYPE_HUMAN_REVIEW, nullptr},
    {v1::OBLIGATION_TYPE_QUOTA, "exchanges", kMostExchanges},
    {v1::OBLIGATION_TYPE_VOLUME, "records", kMostExchanges},
    {v1::OBLIGATION_TYPE_REPORT_USE, "days", kLongestDays},
};
static_assert(std::size(kTerms) == v1::ObligationType_ARRAYSIZE - 1, "every type but UNSPECIFIED has its terms");

void CheckAmount(const Terms& terms, uint32_t amount, const Place& place, Findings* findings) {
  if (terms.unit == nullptr) {
    if (amount != 0) findings->Add(place, "counts nothing with this type; leave it out");
  } else if (amount == 0 || amount > terms.most) {
    findings->Add(place, absl::StrCat("must be from 1 to ", terms.most, " ", terms.unit));
  }
}

}  // namespace

void CheckObligation(const v1::Obligation& obligation, const Place& place, Findings* findings) {
  CheckEnum(obligation.bearer(), v1::Bearer_IsValid, place.Field("bearer"), findings);
  const auto* terms = std::find_if(std::begin(kTerms), std::end(kTerms),
                                   [&](const Terms& candidate) { return candidate.type == obligation.type(); });
  if (terms == std::end(kTerms)) {
    // Nobody would discharge it.
    findings->Add(place.Field("type"), "must be a known value other than UNSPECIFIED");
    return;
  }
  CheckAmount(*terms, obligation.amount(), place.Field("amount"), findings);

  const bool is_quota = obligation.type() == v1::OBLIGATION_TYPE_QUOTA;
  if (is_quota && (obligation.window_hours() == 0 || obligation.window_hours() > kLongestHours)) {
    findings->Add(place.Field("window_hours"), absl::StrCat("must be from 1 to ", kLongestHours, " hours"));
  }
  if (!is_quota && obligation.window_hours() != 0) {
    findings->Add(place.Field("window_hours"), "belongs with OBLIGATION_TYPE_QUOTA only; leave it out");
  }

  const bool is_use = obligation.type() == v1::OBLIGATION_TYPE_USE_ONLY_FOR;
  if (is_use && obligation.purposes().empty()) {
    findings->Add(place.Field("type"), "has no purposes; name those that may be served");
  }
  if (!is_use && !obligation.purposes().empty()) {
    findings->Add(place.Element("purposes", 0), "belongs with OBLIGATION_TYPE_USE_ONLY_FOR only; leave it out");
  }
  CheckEnums(obligation.purposes(), "purposes", v1::Purpose_IsValid, place, findings);
}

}  // namespace tamga::policy
