// Treaties, overlays and acts made into what a node decides by.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/treaty/treaty_folder.h"
#include "policy/register.h"
#include "policy/standing.h"
#include "policy/treaty_set.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::treaty {

// The first treaty office of each State, by which its register is believed.
using Offices = std::map<std::string, v1::TreatyOffice>;

// Immutable, so safe to use from any thread.
struct TreatyLibrary {
  std::shared_ptr<const policy::Standing> standing;
  std::shared_ptr<const policy::TreatySet> set;       // what the node decides by
  std::map<std::string, policy::Register> registers;  // by State
  std::vector<std::string> findings;                  // what has no effect, or not the one that was meant; sentences
};

// Verifies every act under its State's office and folds them. Acts of a State without an office count for nothing,
// which is a finding; so does a ratification of more than before that does not acknowledge it (widening.h). Errors:
// an act that does not verify (that of policy::Register, with the act's place in front); a treaty whose rules permit
// what it says must never be permitted, or may (that of ProveInvariants). `skew`: as in policy::View.
// `state`: only law in which this State takes part is compiled; empty: all.
absl::StatusOr<TreatyLibrary> BuildLibrary(TreatySources sources, const Offices& offices, absl::Duration skew,
                                           const std::string& state);

}  // namespace tamga::treaty
