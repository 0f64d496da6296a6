#include "node/treaty/treaty_library.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/treaty/invariants.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/widening.h"

namespace tamga::treaty {

absl::StatusOr<TreatyLibrary> BuildLibrary(TreatySources sources, const Offices& offices, absl::Duration skew,
                                           const std::string& state) {
  TreatyLibrary library;
  RETURN_IF_ERROR(ProveHeld(sources.treaties));
  std::vector<policy::VerifiedAct> acts;
  for (const auto& [of, signed_acts] : sources.acts) {
    const auto office = offices.find(of);
    if (office == offices.end()) {
      library.findings.push_back(
          absl::StrCat("the acts of ", of, " count for nothing: its treaty office is not known"));
      continue;
    }
    ASSIGN_OR_RETURN(policy::RegisterReading reading,
                     policy::ReadRegister(office->second, signed_acts, &CheckActSignature));
    if (!reading.stopped.ok()) {
      return Annotate(reading.stopped, absl::StrCat("act ", reading.good.head().number + 1, " of ", of));
    }
    acts.insert(acts.end(), reading.good.acts().begin(), reading.good.acts().end());
    library.registers.emplace(of, std::move(reading.good));
  }
  for (std::string& finding : DropUnacknowledged(sources.treaties, &acts)) {
    library.findings.push_back(std::move(finding));
  }
  const auto standing = std::make_shared<const policy::Standing>(std::move(sources.treaties),
                                                                 std::move(sources.overlays), std::move(acts));
  for (const policy::StandingFinding& finding : standing->findings()) {
    const std::string whose =
        finding.number == 0 ? "" : absl::StrCat("act ", finding.number, " of ", finding.state, ": ");
    library.findings.push_back(absl::StrCat(whose, finding.what));
  }
  library.standing = standing;
  library.set = std::make_shared<const policy::TreatySet>(policy::TreatySetOf(standing, skew, state));
  return library;
}

}  // namespace tamga::treaty
