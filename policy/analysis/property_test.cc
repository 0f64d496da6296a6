// What boxes answer about random treaties, beside what comes of trying every situation.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "policy/analysis/checks.h"
#include "policy/analysis/diff.h"
#include "policy/analysis/fixture.h"
#include "policy/analysis/gap_table.h"
#include "policy/analysis/query.h"

namespace tamga::policy::analysis {
namespace {

constexpr uint64_t kSeeds = 16;

const std::vector<Point>& EveryPoint() {
  static const auto& points = *new std::vector<Point>(AllPoints());
  return points;
}

// A random treaty, in every third case with a State's law on top.
struct Case {
  explicit Case(uint64_t seed) : random(seed), treaty(RandomTreaty(&random, 5, 4)), overlay(RandomOverlay(&random)) {
    corpus.treaties = {&treaty};
    if (seed % 3 == 0) corpus.overlays = {&overlay};
    rules = Compile(corpus);
  }

  // One a point.
  std::vector<Judgement> JudgeAll() const {
    std::vector<Judgement> judgements;
    for (const Point& point : points) judgements.push_back(Judge(corpus, point));
    return judgements;
  }

  std::mt19937_64 random;
  v1::Treaty treaty;
  v1::Overlay overlay;
  Corpus corpus;
  RuleBoxes rules;
  const std::vector<Point>& points = EveryPoint();
};

std::vector<std::string> BoundOf(const Rule& rule) {
  return {rule.document->states.begin(), rule.document->states.end()};
}

std::set<std::string> RulesOf(Check check, const std::vector<Finding>& findings) {
  std::set<std::string> rules;
  for (const Finding& finding : Only(check, findings)) rules.insert(finding.rule);
  return rules;
}

const v1::Invariant& SourceOf(const v1::Treaty& treaty, const InvariantRule& rule) {
  return *std::find_if(treaty.invariants().begin(), treaty.invariants().end(),
                       [&](const v1::Invariant& source) { return source.id() == rule.id; });
}

class PropertyTest : public testing::TestWithParam<uint64_t> {};

TEST_P(PropertyTest, ABoxHoldsThePointsThatItsRuleIsAbout) {
  const Case test(GetParam());
  for (const Point& point : test.points) {
    const Box at = test.rules.space->Locate(point);
    for (const GrantRule& rule : test.rules.grants) {
      ASSERT_EQ(Contains(rule.box, at), Matches(test.treaty, *rule.source, point)) << rule.id << ": " << ToText(point);
    }
    for (const ProhibitionRule& rule : test.rules.prohibitions) {
      ASSERT_EQ(Contains(rule.box, at), Hits(BoundOf(rule), *rule.source, point)) << rule.id << ": " << ToText(point);
    }
    for (const CeilingRule& rule : test.rules.ceilings) {
      ASSERT_EQ(Contains(rule.box, at), Applies(BoundOf(rule), *rule.source, true, point)) << rule.id;
    }
    for (const DutyRule& rule : test.rules.duties) {
      ASSERT_EQ(Contains(rule.box, at), Applies(BoundOf(rule), *rule.source, true, point)) << rule.id;
    }
    for (const InvariantRule& rule : test.rules.invariants) {
      ASSERT_EQ(Contains(rule.box, at), Applies(BoundOf(rule), SourceOf(test.treaty, rule), false, point)) << rule.id;
    }
  }
}

TEST_P(PropertyTest, AWitnessLiesInItsBox) {
  const Case test(GetParam());
  for (const GrantRule& rule : test.rules.grants) {
    if (IsEmpty(test.rules.space->layout(), rule.box)) continue;
    const Point witness = test.rules.space->WitnessOf(rule.box);
    EXPECT_TRUE(Matches(test.treaty, *rule.source, witness)) << ToText(witness);
  }
}

TEST_P(PropertyTest, FindingsAreThoseOfTryingEverything) {
  const Case test(GetParam());
  const std::vector<Judgement> judgements = test.JudgeAll();
  const std::vector<Finding> findings = CheckRules(test.rules);
  EXPECT_THAT(Only(Check::kNotDecided, findings), testing::IsEmpty());

  std::set<std::string> dead, shadowed, twins, idle, refuted, proved;
  for (const GrantRule& grant : test.rules.grants) {
    bool is_dead = true;
    bool is_shadowed = true;
    for (size_t i = 0; i < test.points.size(); ++i) {
      if (!judgements[i].is_permitted || !Matches(test.treaty, *grant.source, test.points[i])) continue;
      is_dead = false;
      is_shadowed =
          is_shadowed && std::any_of(test.rules.grants.begin(), test.rules.grants.end(), [&](const GrantRule& other) {
            return &other != &grant && (grant.request & ~other.request) == 0 && (grant.reply & ~other.reply) == 0 &&
                   Imply(grant.demands, other.demands) && Matches(test.treaty, *other.source, test.points[i]);
          });
    }
    if (is_dead) dead.insert(grant.id);
    if (!is_dead && is_shadowed) shadowed.insert(grant.id);
  }
  for (const GrantRule& grant : test.rules.grants) {
    for (const GrantRule& other : test.rules.grants) {
      bool any = false;
      bool alike = grant.request == other.request && grant.reply == other.reply && grant.demands != other.demands;
      for (size_t i = 0; alike && i < test.points.size(); ++i) {
        const bool matches = Matches(test.treaty, *grant.source, test.points[i]);
        any = any || matches;
        alike = matches == Matches(test.treaty, *other.source, test.points[i]);
      }
      if (any && alike) twins.insert(grant.id);
    }
  }
  const auto meets_no_grant = [&](auto applies, auto matters) {
    for (const Point& point : test.points) {
      if (!applies(point)) continue;
      for (const GrantRule& grant : test.rules.grants) {
        if (matters(grant) && Matches(test.treaty, *grant.source, point)) return false;
      }
    }
    return true;
  };
  const auto any = [](const GrantRule&) { return true; };
  for (const ProhibitionRule& rule : test.rules.prohibitions) {
    if (meets_no_grant([&](const Point& point) { return Hits(BoundOf(rule), *rule.source, point); }, any)) {
      idle.insert(rule.id);
    }
  }
  for (const CeilingRule& rule : test.rules.ceilings) {
    const auto applies = [&](const Point& point) { return Applies(BoundOf(rule), *rule.source, true, point); };
    const auto matters = [&](const GrantRule& grant) {
      return (grant.request & ~rule.request) != 0 || (grant.reply & ~rule.reply) != 0 || !rule.demands.empty();
    };
    if (meets_no_grant(applies, matters)) idle.insert(rule.id);
  }
  for (const DutyRule& rule : test.rules.duties) {
    if (meets_no_grant([&](const Point& point) { return Applies(BoundOf(rule), *rule.source, true, point); }, any)) {
      idle.insert(rule.id);
    }
  }
  for (const InvariantRule& rule : test.rules.invariants) {
    bool is_broken = false;
    for (size_t i = 0; i < test.points.size() && !is_broken; ++i) {
      is_broken =
          judgements[i].is_permitted && Applies(BoundOf(rule), SourceOf(test.treaty, rule), false, test.points[i]);
    }
    (is_broken ? refuted : proved).insert(rule.id);
  }
  EXPECT_EQ(RulesOf(Check::kDeadGrant, findings), dead);
  EXPECT_EQ(RulesOf(Check::kShadowedGrant, findings), shadowed);
  EXPECT_EQ(RulesOf(Check::kObligationTwins, findings), twins);
  EXPECT_EQ(RulesOf(Check::kIdleRule, findings), idle);
  EXPECT_EQ(RulesOf(Check::kInvariantRefuted, findings), refuted);
  EXPECT_EQ(RulesOf(Check::kInvariantProved, findings), proved);
  for (const Finding& finding : Only(Check::kInvariantRefuted, findings)) {
    EXPECT_TRUE(Judge(test.corpus, *finding.witness).is_permitted) << ToText(finding);
  }
}

TEST_P(PropertyTest, ConflictsAreThoseOfTryingEverything) {
  const Case test(GetParam());
  std::map<std::pair<std::string, std::string>, Conflict> found;
  for (const Conflict& conflict : Conflicts(test.rules)) {
    found[{conflict.grant->id, conflict.prohibition->id}] = conflict;
    const Point witness = WitnessOf(*test.rules.space, conflict);
    EXPECT_TRUE(Matches(test.treaty, *conflict.grant->source, witness)) << ToText(witness);
    EXPECT_TRUE(Hits(BoundOf(*conflict.prohibition), *conflict.prohibition->source, witness)) << ToText(witness);
  }
  for (const GrantRule& grant : test.rules.grants) {
    for (const ProhibitionRule& prohibition : test.rules.prohibitions) {
      v1::Prohibition known = *prohibition.source;
      known.set_ignore_unknown_because("by known facts alone");
      bool overlap = false, left = false, by_known = false;
      for (const Point& point : test.points) {
        if (!Matches(test.treaty, *grant.source, point)) continue;
        (Hits(BoundOf(prohibition), *prohibition.source, point) ? overlap : left) = true;
        by_known = by_known || Hits(BoundOf(prohibition), known, point);
      }
      const auto conflict = found.find({grant.id, prohibition.id});
      ASSERT_EQ(conflict != found.end(), overlap) << grant.id << " " << prohibition.id;
      if (!overlap) continue;
      EXPECT_EQ(conflict->second.is_whole, !left);
      EXPECT_EQ(conflict->second.only_if_unknown, !by_known);
    }
  }
}

TEST_P(PropertyTest, TheGapTableSaysWhatComesOfTryingEverything) {
  const Case test(GetParam());
  const std::vector<Judgement> judgements = test.JudgeAll();
  using Key = std::tuple<std::string, std::string, v1::Operation, v1::RecordKind, v1::Purpose>;
  std::map<Key, std::pair<int, int>> counts;  // permitted, all
  for (size_t i = 0; i < test.points.size(); ++i) {
    const Point& point = test.points[i];
    if (point.asker == "AAA/other" || point.answerer == "AAA/other") continue;
    auto& [permitted, all] = counts[{std::string(StateOf(point.asker)), std::string(StateOf(point.answerer)),
                                     point.operation, point.record_kind, point.purpose}];
    permitted += judgements[i].is_permitted;
    ++all;
  }
  const std::vector<GapCell> table = GapTable(test.rules);
  EXPECT_EQ(table.size(), 2 * CellsOfAPair());
  for (const GapCell& cell : table) {
    const auto [permitted, all] = counts[{cell.asker, cell.answerer, cell.operation, cell.record_kind, cell.purpose}];
    const Outcome outcome =
        permitted == 0 ? Outcome::kDeny : (permitted == all ? Outcome::kPermit : Outcome::kConditional);
    EXPECT_EQ(cell.outcome, outcome) << ToText(*test.rules.space, cell);
  }
}

TEST_P(PropertyTest, ADiffListsWhatIsJudgedOtherwiseAndNothingElse) {
  Case test(GetParam());
  const v1::Treaty amended = Amended(test.treaty, &test.random);
  const Corpus before{{&test.treaty}, {}};
  const Corpus after{{&amended}, {}};
  const TreatyDiff diff = Diff(test.treaty, amended);
  ASSERT_TRUE(diff.is_decided);
  EXPECT_EQ(Widens(test.treaty, amended), diff.widens);
  bool widens = false;
  for (const Point& point : test.points) {
    const Box at = diff.space->Locate(point);
    const Judgement was = Judge(before, point);
    const Judgement is = Judge(after, point);
    for (const bool widening : {true, false}) {
      const Judgement& less = widening ? was : is;
      const Judgement& more = widening ? is : was;
      bool permitted = false;
      ClassSet request = 0, reply = 0;
      std::set<Demand> released;
      for (const Change& change : diff.changes) {
        if (change.widens != widening || !Contains(change.box, at)) continue;
        if (change.kind == Change::Kind::kPermitted) permitted = true;
        if (change.kind == Change::Kind::kTold) {
          (change.direction == Direction::kRequest ? request : reply) |= change.classes;
        }
        released.insert(change.demands.begin(), change.demands.end());
      }
      std::set<Demand> expected;
      for (const Demand& demand : less.demands) {
        if (more.is_permitted && !Imply(more.demands, {demand})) expected.insert(demand);
      }
      ASSERT_EQ(permitted, more.is_permitted && !less.is_permitted) << ToText(point);
      ASSERT_EQ(request, more.request & ~less.request) << ToText(point);
      ASSERT_EQ(reply, more.reply & ~less.reply) << ToText(point);
      ASSERT_EQ(released, expected) << ToText(point);
      if (widening) widens = widens || permitted || request != 0 || reply != 0 || !released.empty();
    }
  }
  EXPECT_EQ(diff.widens, widens);
  for (const Change& change : diff.changes) {
    EXPECT_TRUE(Contains(change.box, diff.space->Locate(change.witness))) << change.sentence;
    EXPECT_THAT(change.articles, testing::Not(testing::IsEmpty())) << change.sentence;
  }
}

TEST_P(PropertyTest, WhoMaySeeSomethingIsWhoIsToldItSomewhere) {
  const Case test(GetParam());
  const std::vector<Judgement> judgements = test.JudgeAll();
  for (const v1::RecordKind kind : {v1::RECORD_KIND_READMISSION, v1::RECORD_KIND_TRAFFICKING}) {
    for (const v1::DataClass data_class : {v1::DATA_CLASS_OUTCOME, v1::DATA_CLASS_BELIEF}) {
      std::set<std::pair<std::string, Direction>> seen, expected;
      for (const Sight& sight : WhoMaySee(test.rules, data_class, kind)) {
        seen.insert({sight.grant->id, sight.direction});
        const Judgement judgement = Judge(test.corpus, sight.witness);
        EXPECT_TRUE(judgement.is_permitted &&
                    Holds(sight.direction == Direction::kReply ? judgement.reply : judgement.request, data_class))
            << sight.sentence;
      }
      for (size_t i = 0; i < test.points.size(); ++i) {
        if (test.points[i].record_kind != kind) continue;
        for (const GrantRule& grant : test.rules.grants) {
          for (const Direction direction : kDirections) {
            const ClassSet told = direction == Direction::kReply ? judgements[i].reply : judgements[i].request;
            if (Holds(told & Told(grant, direction), data_class) &&
                Matches(test.treaty, *grant.source, test.points[i])) {
              expected.insert({grant.id, direction});
            }
          }
        }
      }
      EXPECT_EQ(seen, expected);
    }
  }
}

TEST_P(PropertyTest, TheOrderOfRulesNeverChangesWhatIsFound) {
  Case test(GetParam());
  const v1::Treaty amended = Amended(test.treaty, &test.random);
  const v1::Treaty shuffled = Shuffled(test.treaty, &test.random);
  const v1::Treaty shuffled_amended = Shuffled(amended, &test.random);
  const Corpus other{{&shuffled}, test.corpus.overlays};
  EXPECT_EQ(CheckRules(test.rules), CheckRules(Compile(other)));
  const auto sentences = [](const TreatyDiff& diff) {
    std::vector<std::string> texts;
    for (const Change& change : diff.changes) texts.push_back(change.sentence);
    return texts;
  };
  EXPECT_EQ(sentences(Diff(test.treaty, amended)), sentences(Diff(shuffled, shuffled_amended)));
  EXPECT_THAT(Diff(test.treaty, shuffled).changes, testing::IsEmpty());
}

// The tests above say little if their treaties have nothing to find.
TEST(PropertyCoverageTest, TheRandomTreatiesHaveEverythingThatIsLookedFor) {
  std::set<Check> checks;
  std::set<Outcome> outcomes;
  std::set<std::tuple<Change::Kind, bool, Direction>> changes;
  bool whole = false, only_if_unknown = false;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Case test(seed);
    for (const Finding& finding : CheckRules(test.rules)) checks.insert(finding.check);
    for (const GapCell& cell : GapTable(test.rules)) outcomes.insert(cell.outcome);
    for (const Change& change : Diff(test.treaty, Amended(test.treaty, &test.random)).changes) {
      changes.insert({change.kind, change.widens, change.direction});
    }
    for (const Conflict& conflict : Conflicts(test.rules)) {
      whole = whole || conflict.is_whole;
      only_if_unknown = only_if_unknown || conflict.only_if_unknown;
    }
  }
  for (const Check check : {Check::kDeadGrant, Check::kShadowedGrant, Check::kObligationTwins, Check::kIdleRule,
                            Check::kInvariantRefuted, Check::kInvariantProved, Check::kOneWay}) {
    EXPECT_EQ(checks.count(check), 1u) << NameOf(check);
  }
  EXPECT_EQ(outcomes.size(), 3u);  // none is undecided
  EXPECT_EQ(changes.size(), 8u);   // each kind, both ways; what is told in both directions
  EXPECT_TRUE(whole);
  EXPECT_TRUE(only_if_unknown);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PropertyTest, testing::Range(uint64_t{1}, kSeeds + 1));

}  // namespace
}  // namespace tamga::policy::analysis
