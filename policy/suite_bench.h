// The cases of suites decided again by the law with one change in it: in the text of a treaty, or in rules that a State
// added. What is not changed is law as before, whatever hashes say: acts stand as they were.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policy/standing.h"
#include "policy/treaty_set.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

// Another text in place of a treaty's, or of rules that a State added; the other two are null. All outlive its use.
struct LawChange {
  const TreatyDocument* treaty = nullptr;
  const v1::Treaty* treaty_text = nullptr;
  const v1::Narrowing* narrowing = nullptr;
  const v1::Narrowing* narrowing_text = nullptr;
};

// Rules that a State added, and whose they are.
struct AddedRules {
  const v1::Narrowing* rules = nullptr;
  std::string origin;
};

class SuiteBench {
 public:
  // `standing` and `cases` outlive the bench. Cases that fail by the law as it is are left out.
  SuiteBench(const Standing& standing, const std::vector<const v1::TreatyCase*>& cases);

  // Gets a case, the law as it is and the changed one, each for the case's two States alone.
  using Look = std::function<bool(const v1::TreatyCase&, const TreatySet& unchanged, const TreatySet& changed)>;

  // Whether `differs` for any of the cases that the change can concern; stops at the first.
  bool Any(const LawChange& change, const Look& differs) const;

  // The texts that are in force between the two States of any case, whenever.
  std::vector<const TreatyDocument*> treaties() const;
  // All that a State of any case added.
  std::vector<AddedRules> added() const;

 private:
  struct Pair {
    PairLaw law;
    std::unique_ptr<const TreatySet> unchanged;
    std::vector<const v1::TreatyCase*> cases;
  };

  TreatySet SetOf(const PairLaw& law) const;

  const std::vector<const TreatyDocument*> documents_;
  std::vector<Pair> pairs_;
};

}  // namespace tamga::policy
