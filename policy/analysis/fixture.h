// Treaties for the tests of this folder, and a judge who knows nothing of boxes.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/analysis/corpus.h"
#include "policy/analysis/demand.h"
#include "policy/analysis/finding.h"
#include "policy/analysis/point.h"
#include "policy/analysis/rule_boxes.h"
#include "policy/disclosure.h"

namespace tamga::policy::analysis {

// Ends the test program if the text is not one of tamga.v1.Treaty.
v1::Treaty Treaty(absl::string_view text);
v1::Overlay Overlay(absl::string_view text);

// Between AAA (agencies AAA/police, AAA/border) and BBB (BBB/police), with articles 1 to 4 and `rules` after them.
v1::Treaty Small(absl::string_view rules);

// A grant "<id>" citing article 1: AAA's agencies ask BBB's WATCHLIST_CHECK for BORDER_CHECK; `more` is added inside.
std::string Grant(absl::string_view id, absl::string_view more = "reply { level: DISCLOSURE_LEVEL_REFERENCE }");

// Those of one check.
std::vector<Finding> Only(Check check, const std::vector<Finding>& findings);

// A treaty between AAA and BBB with so many rules of each kind, over few enough situations that all can be tried.
v1::Treaty RandomTreaty(std::mt19937_64* random, int grants, int prohibitions);
// The same treaty with one to three rules changed, dropped or added.
v1::Treaty Amended(const v1::Treaty& treaty, std::mt19937_64* random);
// The same treaty with everything that is a list in another order.
v1::Treaty Shuffled(const v1::Treaty& treaty, std::mt19937_64* random);
v1::Overlay RandomOverlay(std::mt19937_64* random);

// Every situation that random treaties can tell apart and in which they can permit something, and some in which they
// cannot.
std::vector<Point> AllPoints();

// Whether the rule applies to the situation, from its text alone.
bool Matches(const v1::Treaty& treaty, const v1::Grant& grant, const Point& point);
template <typename Narrowing>
bool Applies(const std::vector<std::string>& bound, const Narrowing& rule, bool or_unknown, const Point& point);
bool Hits(const std::vector<std::string>& bound, const v1::Prohibition& prohibition, const Point& point);
std::vector<std::string> BoundBy(const v1::Treaty& treaty);

struct Judgement {
  bool is_permitted = false;
  ClassSet request = 0;
  ClassSet reply = 0;
  std::vector<Demand> demands;  // sorted, each once; empty if not permitted
};

Judgement Judge(const Corpus& corpus, const Point& point);

// Cells of a gap table for two States in one direction: operations, kinds of record and purposes.
size_t CellsOfAPair();

}  // namespace tamga::policy::analysis
