#include "node/exchange/revocation_bound.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::exchange {

absl::Status CheckRevocationAge(const DoorParts& parts, const treaty::TreatyLibrary& treaties,
                                const policy::Decision& decision, const std::string& partner,
                                absl::FunctionRef<absl::Time()> as_of) {
  if (!decision.permitted) return absl::OkStatus();
  uint32_t hours = 0;
  for (const policy::TreatyDocument* document : treaties.set->documents()) {
    if (document->sha256 == decision.treaty_sha256) hours = document->treaty.revocation_max_age_hours();
  }
  if (hours == 0) return absl::OkStatus();
  if (parts.clock.Now() - as_of() <= absl::Hours(hours)) return absl::OkStatus();
  Log(Severity::kWarning, "exchange refused: revocation list is too old",
      {{"partner", partner}, {"treaty", decision.treaty_id}, {"reason", "REVOCATION_STALE"}});
  return Error(absl::StatusCode::kUnavailable, "REVOCATION_STALE",
               absl::StrCat(decision.treaty_id, " asks for revocation lists that are at most ", hours,
                            " hours old, of each authority that vouches for the certificate of ", partner,
                            "; there are none yet, try again later"));
}

}  // namespace tamga::exchange
