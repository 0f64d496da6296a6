// What is law between States, as it follows from treaties, overlays and the acts of States, and from nothing else. Deny
// is unilateral, permit is joint: a State narrows alone, and nobody widens alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/act.h"
#include "policy/calendars.h"
#include "policy/digest_memory.h"
#include "policy/fold.h"
#include "policy/law.h"
#include "policy/treaty_document.h"

namespace tamga::policy {

// Where a State stands with a version of a treaty.
enum class StandingStatus {
  kNothing,    // it is named as a party and has done nothing
  kSigned,     // which binds nobody yet
  kRatified,   // but it is not in force for the State yet
  kInForce,    // it binds the State, and grants wherever it binds the other side too
  kSuspended,  // by the State, as a whole and towards all
  kExpired,    // nothing is granted any longer; what is forbidden stays forbidden
  kDenounced   // the State has left
};

struct StandingLine {
  std::string treaty_id;
  uint32_t version = 0;
  std::string sha256;  // 32 bytes, of the document
  std::string state;
  StandingStatus status = StandingStatus::kNothing;
  absl::Time since = absl::InfinitePast();
  std::string why;  // a sentence
};

// Immutable, so safe to use from any thread. What it hands out points into it. It may be moved, which leaves that
// valid.
class Standing {
 public:
  // Documents in any order, of all treaties and versions, in force or not; acts of all States, as the registers give
  // them, each once. Results do not depend on the order of the arguments.
  Standing(std::vector<TreatyDocument> treaties, std::vector<OverlayDocument> overlays, std::vector<VerifiedAct> acts);

  Standing(Standing&&) = default;
  Standing& operator=(Standing&&) = default;

  // The law for questions that an agency of `asker` puts to one of `answerer`; both are States, and may be the same
  // one. Every treaty document that any State has ratified is in it, by id and version, those that are not law between
  // the two with empty spans. What nobody ratified is a proposal, and no law between anybody.
  //
  // A version is in force between two States while it binds both by its rule of entry, and so does the version that it
  // amends. It then replaces that version between the two, but not between others. Of two documents in one place
  // (rivals) each State keeps to the one that it ratified first, by the order of its acts, as long as that consent
  // stands; States that keep to different ones have neither between them. Whatever is ratified binds its State to what
  // it forbids, limits and demands, rivals and all; towards a State that is not bound by a version, a State stays bound
  // by it until it has replaced it with all that are.
  PairLaw LawBetween(const std::string& asker, const std::string& answerer) const;

  // One line for each version and party, by id, version, hash and place among the parties.
  std::vector<StandingLine> StatusAt(absl::Time at) const;

  // SHA-256 (32 bytes) of what is in effect under a treaty between two States at an instant: versions, articles
  // withdrawn, reservations; suspension and expiry show as versions that grant nothing. Overlays are not in it. The
  // same for (a, b) and (b, a). Two nodes that agree on it decide by the same texts. Worked out for a pair when it is
  // first asked for, and looked up from then on.
  std::string PolicyDigest(absl::string_view treaty_id, const std::string& a, const std::string& b,
                           absl::Time at) const;

  // What in documents and acts has no effect, or not the one that was meant. Not errors: the rest stands.
  const std::vector<StandingFinding>& findings() const { return fold_.findings; }

  // Of a year that was published twice, the later act counts.
  const Calendars& calendars() const { return fold_.calendars; }

  // States that are party to any treaty that one of them has ratified, sorted: those between which there can be law.
  std::vector<std::string> States() const;

  // By treaty id, version and hash, each text once.
  std::vector<const TreatyDocument*> Treaties() const;

 private:
  PairDigests DigestsBetween(const std::string& first, const std::string& second) const;

  std::vector<TreatyDocument> treaties_;
  std::vector<OverlayDocument> overlays_;
  std::vector<VerifiedAct> acts_;  // by State and number
  Fold fold_;                      // points into the others
  std::unique_ptr<DigestMemory> digests_;
};

}  // namespace tamga::policy
