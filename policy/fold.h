// What acts of States amount to, before it is asked for a pair of States: consents, narrowings, and from when to when
// each counts. Made by FoldActs alone, and used by Standing alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "policy/act.h"
#include "policy/calendars.h"
#include "policy/law.h"
#include "policy/treaty_document.h"

namespace tamga::policy {

// Something in documents or acts that has no effect, or not the one that was meant.
struct StandingFinding {
  std::string state;    // whose act; empty if it is about documents
  uint32_t number = 0;  // of the act; 0 if it is about documents
  std::string code;     // such as DOCUMENT_UNKNOWN
  std::string what;     // a sentence
};

// A State's consent to be bound by one version, from its day on until a denunciation of the treaty takes effect.
struct Consent {
  Span span;
  const VerifiedAct* ratification = nullptr;
  const VerifiedAct* denunciation = nullptr;
};

// One version of a treaty.
struct Version {
  const TreatyDocument* document = nullptr;
  const Version* base = nullptr;                         // the version that it amends; null for a first one
  std::vector<const Version*> successors;                // that amend it
  std::vector<const Version*> rivals;                    // other documents in the same place
  bool is_rooted = false;                                // a first version, or all those before it are at hand
  std::map<std::string, std::vector<Consent>> consents;  // by State
  std::map<std::string, const VerifiedAct*> signings;    // by State
  // By State: when it is bound, by this version's rule and having been bound by those before it.
  std::map<std::string, Spans> bound;
  // By State that consents to it: when the State keeps to a rival instead, to which it consented before.
  std::map<std::string, Spans> yields;
};

struct Reservation {
  const VerifiedAct* act = nullptr;
  Spans spans;
};

struct Objection {
  const VerifiedAct* act = nullptr;
  Spans spans;  // while it and the reservation stand
};

struct Suspension {
  const VerifiedAct* act = nullptr;
  Spans spans;
};

// A State's own law in effect.
struct Adoption {
  std::string state;
  const OverlayDocument* document = nullptr;
  Spans spans;
};

struct Fold {
  std::vector<Version> versions;  // by treaty id, version and hash; not moved once made
  std::vector<Reservation> reservations;
  std::vector<Objection> objections;
  std::vector<Suspension> suspensions;
  std::vector<Adoption> adoptions;
  std::vector<const VerifiedAct*> authority_changes;  // by State and number
  Calendars calendars;
  std::vector<StandingFinding> findings;
};

// The arguments outlive the result and stay in their places. `acts` are sorted by State and number.
Fold FoldActs(const std::vector<TreatyDocument>& treaties, const std::vector<OverlayDocument>& overlays,
              const std::vector<VerifiedAct>& acts);

// The day on which an act takes effect.
absl::Time EffectiveOn(const VerifiedAct& act);

// "act 3 of KAZ".
std::string NameOf(const VerifiedAct& act);

const Spans& BoundSpans(const Version& version, const std::string& state);

bool IsParty(const v1::Treaty& treaty, absl::string_view state);

// Works out `bound` and `yields` of every version from the consents.
void WorkOutForce(std::vector<Version>* versions);

}  // namespace tamga::policy
