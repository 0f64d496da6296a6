#include "node/exchange/revocation_bound.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/text.h"

namespace tamga::exchange {

absl::Status CheckRevocationAge(const DoorParts& parts, const treaty::TreatyLibrary& treaties,
                                const policy::Decision& decision, const std::string& partner) {
  if (!decision.permitted) return absl::OkStatus();
  uint32_t hours = 0;
  for (const policy::TreatyDocument* document : treaties.set->documents()) {
    if (document->sha256 == decision.treaty_sha256) hours = document->treaty.revocation_max_age_hours();
  }
  if (hours == 0) return absl::OkStatus();
  const std::string state = StateOf(partner);
  const absl::Time as_of = parts.revocations_as_of(state);
  if (parts.clock.Now() - as_of <= absl::Hours(hours)) return absl::OkStatus();
  Log(Severity::kWarning, "exchange refused: revocation list is too old",
      {{"partner", partner}, {"treaty", decision.treaty_id}, {"reason", "REVOCATION_STALE"}});
  return Error(absl::StatusCode::kUnavailable, "REVOCATION_STALE",
               absl::StrCat(decision.treaty_id, " asks for a revocation list of ", state, " that is at most ", hours,
                            " hours old; there is none yet, try again later"));
}

}  // namespace tamga::exchange
