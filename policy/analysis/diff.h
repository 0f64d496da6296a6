// What an amendment changes, in sentences, both ways: what becomes possible that was not, and what no longer is. Exact:
// a change is listed if and only if some situation is judged otherwise, and each comes with such a situation. Days on
// which a text begins or ceases to bind are no part of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/analysis/finding.h"
#include "policy/analysis/rule_boxes.h"

namespace tamga::policy::analysis {

struct Change {
  enum class Kind {
    kPermitted,  // an exchange as such
    kTold,       // classes of data in an exchange
    kDemanded    // what the sides must do for an exchange that both versions permit
  };

  Kind kind = Kind::kPermitted;
  // Whether it permits or tells more, or demands less.
  bool widens = false;
  // kTold: of what, in which direction.
  Direction direction = Direction::kReply;
  ClassSet classes = 0;
  // kDemanded: what only the old version demands (widens) or only the new one.
  std::vector<Demand> demands;
  // The situations for which this holds.
  Box box;
  Point witness;
  // Numbers of the articles that make the difference, of the new version or of the old one.
  std::vector<std::string> articles;
  std::string sentence;
};

struct TreatyDiff {
  // Whether anything may now be permitted or told that was not before, or less is demanded. Also true where just that
  // could not be decided: then nobody may say that it is not so.
  bool widens = false;
  bool is_decided = true;
  // Whether limits of time or terms of readmission differ. What binds one side frees the other, so that nobody can say
  // that it is not wider: it counts as that.
  bool changes_terms = false;
  std::vector<Change> changes;  // those that widen come first
  std::shared_ptr<const Space> space;
};

// Two texts that have little in common, or together are larger than any text may be (kMostRulePairs), are not decided.
TreatyDiff Diff(const v1::Treaty& before, const v1::Treaty& after, const Options& options = {});

// The same as Diff(…).widens, without working out more than that.
bool Widens(const v1::Treaty& before, const v1::Treaty& after, const Options& options = {});

}  // namespace tamga::policy::analysis
