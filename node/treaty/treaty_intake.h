// Taking over texts and acts that an office or another node brings. Whoever brings them is not believed: acts count by
// their States' signatures, texts by the acts that name them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/treaty_exchange.pb.h"

namespace tamga::treaty {

// Texts that no act names (yet) are kept as proposals, but nobody is to fill our disk with them.
inline constexpr size_t kMostProposals = 64;
// Of these, places that only the own treaty office fills: no partner keeps it from proposing.
inline constexpr size_t kProposalsOfOwnOffice = 16;
inline constexpr size_t kMostProposalBytes = 4u << 20;

struct IntakeRules {
  Offices offices;
  absl::Duration skew;  // as for BuildLibrary
  std::string state;    // as for BuildLibrary
  size_t most_proposals = kMostProposals - kProposalsOfOwnOffice;
};

// What becomes of the rest if something is bad.
enum class OnFault {
  kRefuseAll,    // nothing is taken over
  kTakeTheRest,  // other texts, and other States' acts, are
};

struct Intake {
  TreatySources sources;              // all that is held then
  TreatyLibrary library;              // made of it; empty if nothing is new
  TreatySources news;                 // what was not held before; a State's acts in their order
  uint32_t taken = 0;                 // texts and acts in `news`
  std::vector<absl::Status> refused;  // why the others were not taken; with kRefuseAll at most TOO_MANY_PROPOSALS
};

// Texts that were found unsound, by SHA-256.
using Unsound = std::map<std::string, absl::Status>;

// The first half of TakeIn, which takes little time: what of the bundle is new and in order, by itself and in its
// place, and fits. Of texts, not whether they are sound, except that those of `unsound` are not. `sources` and
// `library` stay empty.
absl::StatusOr<Intake> SortOut(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                               const IntakeRules& rules, OnFault on_fault, const Unsound& unsound = {});

// What `held`, of which `current` was made, becomes with the bundle. What is held already is passed over. Nothing is
// written. Errors, which name the act or text:
// - STATE_UNKNOWN (FailedPrecondition): of a State whose treaty office this node does not know, or, for a treaty, of
//   such States alone; with kTakeTheRest it is passed over, for nothing is wrong with it;
// - REGISTER_GAP (FailedPrecondition): acts before this one are missing;
// - REGISTER_FORKED (FailedPrecondition): the State's office has signed two acts with this number; both hashes are in
//   the message;
// - TEXT_MISSING (FailedPrecondition): the act names a text that is neither held nor brought;
// - TOO_MANY_PROPOSALS (FailedPrecondition); where acts are taken over, it never keeps them out;
// - those of policy::Register::Append (but InvalidArgument instead of Unauthenticated), of policy::ReadTreaty and
//   policy::ReadOverlay, and of BuildLibrary.
absl::StatusOr<Intake> TakeIn(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                              const IntakeRules& rules, OnFault on_fault);

}  // namespace tamga::treaty
