// What may be asked between which States at all: a table that an auditor can read, with every cell filled.
#pragma once

#include <string>
#include <vector>

#include "policy/analysis/finding.h"
#include "policy/analysis/rule_boxes.h"

namespace tamga::policy::analysis {

enum class Outcome {
  kPermit,       // always, between any competent agencies of the two States, whatever the facts
  kDeny,         // never
  kConditional,  // it depends on the agencies or on facts
  kNotDecided    // the budget did not suffice
};

// Points into the rules that the table was made from.
struct GapCell {
  std::string asker;     // State
  std::string answerer;  // State; the same for domestic treaties
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  Outcome outcome = Outcome::kDeny;
  std::vector<const GrantRule*> grants;              // that are about it, also where they are wholly forbidden
  std::vector<const ProhibitionRule*> prohibitions;  // that forbid part of what those grant
};

// A cell for each ordered pair of different States that are parties to a treaty, and of a State with itself if it is
// the only party to one; each operation, kind of record and purpose. In this order, each by number.
std::vector<GapCell> GapTable(const RuleBoxes& rules, const Options& options = {});

// "TASHKENT-2000 art. 5", sorted, each once.
std::vector<std::string> Citations(const Rule& rule);
std::vector<std::string> GrantingArticles(const GapCell& cell);
std::vector<std::string> ForbiddingArticles(const GapCell& cell);

// "permit", "deny", "conditional", "not decided".
absl::string_view NameOf(Outcome outcome);

// What the cell says in a sentence, such as "KAZ asks KGZ WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK): conditional: by
// SMALL art. 1 for KAZ/police asking KGZ/police when AGE is at least 18; not by SMALL art. 2 where …".
std::string ToText(const Space& space, const GapCell& cell);

}  // namespace tamga::policy::analysis
