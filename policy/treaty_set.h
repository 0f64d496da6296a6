// The treaties a node decides by: one view for each ordered pair of States.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/standing.h"
#include "policy/verdict.h"
#include "policy/view.h"

namespace tamga::policy {

// Immutable, so safe to use from any thread. Decisions depend neither on the order of documents nor on that of the
// rules in them.
class TreatySet {
 public:
  // `documents`: of all versions; they and whatever else `laws` point to belong to `texts`. `laws`:
  // one for each ordered pair of States, and for each State one towards "" (any State without a law of its own). An
  // empty set is allowed; it permits nothing. `skew`: see View.
  TreatySet(std::shared_ptr<const void> texts, std::vector<const TreatyDocument*> documents, std::vector<PairLaw> laws,
            absl::Duration skew);

  // What is not allowed is forbidden, and a prohibition outweighs every grant. A question is permitted when
  // - no prohibition that binds the disclosing side holds (condition.h says when), and
  // - at least one grant of the cited treaty serves: it is in force between the two at `now`, both agencies are
  //   competent authorities, scope and conditions hold, and all that must be done in return can be done.
  // With several grants of that treaty, their disclosures and articles add up, and the strictest obligations bind. When
  // no treaty is cited, the one is chosen whose reply, then whose request, tells most; then the first by id.
  Decision Decide(const Question& question, Stage stage, absl::Time now) const;

  // The same without words. `question.treaty_id` is one of the set's, or empty.
  Verdict Judge(const Question& question, Stage stage, absl::Time now) const;

  // The newest version. Null if there is none.
  const TreatyDocument* Find(absl::string_view id) const;

  // By id and version.
  const std::vector<const TreatyDocument*>& documents() const { return documents_; }

  const View& ViewBetween(absl::string_view asker_state, absl::string_view answerer_state) const;

 private:
  const View& ViewOf(const Question& question) const;

  std::shared_ptr<const void> texts_;
  std::vector<const TreatyDocument*> documents_;
  absl::flat_hash_map<std::string, std::unique_ptr<const View>> views_;  // by "KAZ>KGZ"
  std::unique_ptr<const View> nothing_;                                  // where not even the asking State is known
};

// What `standing` makes law between all States that are party to anything; with `state`, only where that State takes
// part.
TreatySet TreatySetOf(std::shared_ptr<const Standing> standing, absl::Duration skew, const std::string& state);

}  // namespace tamga::policy
