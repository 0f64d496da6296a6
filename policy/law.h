// What is law between two States over all of time, as the fold of their acts gives it and the view is compiled from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/treaty_document.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// From the first instant up to, and without, the second.
struct Span {
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();

  friend bool operator==(const Span&, const Span&) = default;
};

// Sorted, apart from each other, none empty.
using Spans = std::vector<Span>;

// A State's competent authorities for a while.
struct Authorities {
  Span span;
  std::vector<std::string> agencies;
};

// One version of a treaty between the two.
struct TreatyLaw {
  const TreatyDocument* document = nullptr;
  Spans grants;                            // both are bound by this version, and neither has suspended it as a whole
  std::map<std::string, Spans> withdrawn;  // by article: when it grants nothing (reservation, suspension in part)
  Spans asker_bound;                       // prohibitions, ceilings and duties bind the asking State
  Spans answerer_bound;
  std::vector<Authorities> asker_authorities;
  std::vector<Authorities> answerer_authorities;
};

// Rules that a State added by its own act.
struct NarrowingLaw {
  const v1::Narrowing* rules = nullptr;
  Spans spans;
  std::string treaty_id;  // only exchanges under this treaty; empty: all
  std::string origin;     // "KAZ-PERSONAL-DATA", "reservation of KGZ to TASHKENT-2000"
};

// All of it, for questions that an agency of `asker` puts to one of `answerer`. What it points to outlives it.
struct PairLaw {
  std::string asker;     // State
  std::string answerer;  // State; the same within one State
  std::vector<TreatyLaw> treaties;
  std::vector<NarrowingLaw> narrowings;
};

}  // namespace tamga::policy
