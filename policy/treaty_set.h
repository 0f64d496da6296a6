// The treaties a node decides by.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/matching.h"
#include "policy/rule_index.h"
#include "policy/rules.h"
#include "policy/treaty_document.h"

namespace tamga::policy {

// Immutable, so safe to use from any thread. Decisions do not depend on the order of documents or of the rules in them.
class TreatySet {
 public:
  // `documents` come from ReadTreaty. Refuses (InvalidArgument, TREATY_INVALID) two documents with one id. An empty set
  // is allowed; it permits nothing.
  static absl::StatusOr<TreatySet> Build(std::vector<TreatyDocument> documents);

  TreatySet(TreatySet&&) = default;
  TreatySet& operator=(TreatySet&&) = default;

  // What is not allowed is forbidden, and a prohibition outweighs every grant. A question is permitted when
  // - no prohibition of any treaty that binds the asking State hits (HitOf says when), and
  // - at least one grant of the cited treaty serves (ShortfallsOf says when): the treaty is in force at `now` for both
  //   sides, by whole days in UTC; both agencies are its competent authorities; scope and conditions hold.
  // With several grants of that treaty, their disclosures and articles add up, and the strictest terms bind. When no
  // treaty is cited, the one is chosen whose reply, then whose request, tells most; then the first by id.
  Decision Decide(const Question& question, Stage stage, absl::Time now) const;

  // Null if there is none.
  const TreatyDocument* Find(absl::string_view id) const;

  // By id.
  const std::vector<TreatyDocument>& documents() const { return documents_; }

 private:
  explicit TreatySet(std::vector<TreatyDocument> documents);

  const CompiledTreaty* FindCompiled(absl::string_view id) const;
  Side SideOf(absl::string_view agency) const;

  std::vector<TreatyDocument> documents_;  // by id; what follows points into it
  Names names_;
  std::vector<CompiledTreaty> treaties_;  // in the order of documents_
  RuleIndex index_;
};

}  // namespace tamga::policy
