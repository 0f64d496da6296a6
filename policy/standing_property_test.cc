// Deny is unilateral, permit is joint: shown on random worlds, the same in every run.
#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/rng.h"
#include "policy/spans.h"
#include "policy/standing.h"
#include "policy/standing_fixture.h"

namespace tamga::policy {
namespace {

constexpr int kRounds = 100;

const std::vector<std::string> kStates = {"AAA", "BBB", "CCC"};
const std::vector<std::string> kArticles = {"1", "2"};

class Dice {
 public:
  explicit Dice(uint64_t seed) : rng_(seed) {}
  // 0 to `sides` - 1.
  int Roll(int sides) { return static_cast<unsigned char>(rng_.Bytes(1)[0]) % sides; }
  template <typename T>
  T Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Roll(static_cast<int>(from.size())))];
  }
  template <typename List>
  void Shuffle(List* list) {
    for (size_t n = list->size(); n > 1; --n)
      std::swap((*list)[n - 1], (*list)[static_cast<size_t>(Roll(static_cast<int>(n)))]);
  }

 private:
  SeededRng rng_;
};

// Days that often fall together, so that edges meet.
std::string RandomDay(Dice* dice) { return absl::StrCat(2020 + dice->Roll(5), "-0", 1 + dice->Roll(3), "-01"); }

std::string RandomEntry(Dice* dice) {
  return dice->Pick(std::vector<std::string>{"rule: ENTRY_RULE_ALL_PARTIES delay_days: 31 denunciation_days: 31",
                                             "rule: ENTRY_RULE_DEPOSITS deposits: 2 denunciation_days: 31",
                                             "rule: ENTRY_RULE_STATED denunciation_days: 31"});
}

std::string Number(uint32_t number) { return absl::StrCat(" { number: ", number, " }"); }

// An act that narrows, or one that takes a narrowing back.
void AddNarrowing(Dice* dice, World* world) {
  const std::string state = dice->Pick(kStates);
  const std::string day = RandomDay(dice);
  const std::string towards =
      dice->Roll(2) == 0 ? "" : absl::StrCat("towards: \"", state == "AAA" ? "BBB" : "AAA", "\"");
  switch (dice->Roll(5)) {
    case 0:
      world->Act(state, day, absl::StrCat("suspend { treaty_id: \"T\" ", towards, " }"));
      return;
    case 1:
      world->Act(state, day,
                 absl::StrCat("suspend { treaty_id: \"T\" ", towards, " articles: \"2\" until: \"2025-01-01\" }"));
      return;
    case 2:
      world->Act(
          state, day,
          absl::StrCat("reserve { id: \"r", dice->Roll(2), "\" treaty_id: \"T\" excluded_articles: \"1\" narrowing { ",
                       "prohibitions { id: \"p\" cites: \"2\" } } }"));
      return;
    case 3:
      world->Act(state, day,
                 absl::StrCat("object { to_state: \"", state == "AAA" ? "BBB" : "AAA",
                              "\" treaty_id: \"T\" reservation_id: \"r", dice->Roll(2),
                              "\" opposes_entry_into_force: ", dice->Roll(2) == 0 ? "true" : "false", " }"));
      return;
    default: {
      const std::string hash = world->AddOverlay(state, 1, "prohibitions { id: \"p\" cites: \"9\" }");
      world->Act(state, day, absl::StrCat("adopt { overlay { id: \"", state, "-LAW\" sha256: \"", hash, "\" } }"));
    }
  }
}

void RatifyAtRandom(Dice* dice, const std::string& state, const std::string& hash, bool is_stated, World* world) {
  world->Ratify(state, RandomDay(dice), hash,
                is_stated ? absl::StrCat("in_force_from: \"", RandomDay(dice), "\"") : "");
}

// A treaty T of three States and an amendment to it, a domestic agreement, some acts of every kind.
World RandomWorld(Dice* dice, bool has_rival) {
  World world;
  std::vector<std::string> hashes;
  std::vector<std::string> entries = {RandomEntry(dice), RandomEntry(dice), RandomEntry(dice)};
  hashes.push_back(
      world.Add({.states = kStates, .entry = entries[0], .expires_on = dice->Roll(3) == 0 ? "2024-01-01" : ""}));
  hashes.push_back(world.Add({.version = 2, .previous = hashes[0], .states = kStates, .entry = entries[1]}));
  if (has_rival) {
    hashes.push_back(world.Add(
        {.version = 2, .previous = hashes[0], .states = kStates, .entry = entries[2], .note = "Another text."}));
  }
  for (size_t i = 0; i < hashes.size(); ++i) {
    const bool is_stated = entries[i].find("STATED") != std::string::npos;
    for (const std::string& state : kStates) {
      if (dice->Roll(5) != 0) RatifyAtRandom(dice, state, hashes[i], is_stated, &world);
    }
  }
  const std::string domestic = world.Add({.id = "U", .states = {"AAA"}, .entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  world.Ratify("AAA", RandomDay(dice), domestic);
  for (int n = dice->Roll(5); n > 0; --n) AddNarrowing(dice, &world);
  if (dice->Roll(3) == 0) world.Act(dice->Pick(kStates), RandomDay(dice), "denounce { treaty_id: \"T\" }");
  if (dice->Roll(3) == 0) {
    const std::string state = dice->Pick(kStates);
    world.Act(state, RandomDay(dice), absl::StrCat(dice->Roll(2) == 0 ? "withdraw" : "resume", Number(3)));
    if (dice->Roll(2) == 0)
      RatifyAtRandom(dice, state, hashes[0], entries[0].find("STATED") != std::string::npos, &world);
  }
  return world;
}

void ForEachPair(const std::function<void(const std::string&, const std::string&)>& visit) {
  for (const std::string& a : kStates) {
    for (const std::string& b : kStates) visit(a, b);
  }
}

// When any version of the treaty grants something under the article.
Spans Granted(const PairLaw& law, const std::string& treaty_id, const std::string& article) {
  Spans granted;
  for (const TreatyLaw& treaty : law.treaties) {
    if (treaty.document->treaty.id() != treaty_id) continue;
    const auto withdrawn = treaty.withdrawn.find(article);
    granted = Unite(granted,
                    withdrawn == treaty.withdrawn.end() ? treaty.grants : Subtract(treaty.grants, withdrawn->second));
  }
  return granted;
}

// True if all of `a` is in `b`.
bool IsPartOf(const Spans& a, const Spans& b) { return Subtract(a, b).empty(); }

// True if nothing is granted after that was not granted before, in any direction, under any article.
bool GrantsNoMore(const Standing& after, const Standing& before) {
  bool holds = true;
  ForEachPair([&](const std::string& a, const std::string& b) {
    const PairLaw law_after = after.LawBetween(a, b);
    const PairLaw law_before = before.LawBetween(a, b);
    for (const char* id : {"T", "U"}) {
      for (const std::string& article : kArticles) {
        holds = holds && IsPartOf(Granted(law_after, id, article), Granted(law_before, id, article));
      }
    }
  });
  return holds;
}

bool GrantsLess(const Standing& after, const Standing& before) { return !GrantsNoMore(before, after); }

// True if all that binds before binds after.
bool BindsNoLess(const Standing& after, const Standing& before) {
  bool holds = true;
  ForEachPair([&](const std::string& a, const std::string& b) {
    const PairLaw law_after = after.LawBetween(a, b);
    const PairLaw law_before = before.LawBetween(a, b);
    for (const TreatyLaw& treaty : law_before.treaties) {
      const TreatyLaw then = LawOf(law_after, HexEncode(treaty.document->sha256));
      holds = holds && IsPartOf(treaty.asker_bound, then.asker_bound) &&
              IsPartOf(treaty.answerer_bound, then.answerer_bound);
    }
    std::multiset<std::string> left;
    for (const NarrowingLaw& law : law_after.narrowings) left.insert(law.origin + TextOf(law.spans));
    for (const NarrowingLaw& law : law_before.narrowings) {
      const auto found = left.find(law.origin + TextOf(law.spans));
      holds = holds && found != left.end();
      if (found != left.end()) left.erase(found);
    }
  });
  return holds;
}

std::string TextOf(const Standing& standing) {
  std::string text;
  ForEachPair([&](const std::string& a, const std::string& b) {
    const PairLaw law = standing.LawBetween(a, b);
    absl::StrAppend(&text, a, " ", b, "\n");
    for (const TreatyLaw& treaty : law.treaties) {
      absl::StrAppend(&text, treaty.document->treaty.id(), " ", HexEncode(treaty.document->sha256), " ",
                      TextOf(treaty.grants), "|", TextOf(treaty.asker_bound), "|", TextOf(treaty.answerer_bound));
      for (const auto& [article, spans] : treaty.withdrawn) absl::StrAppend(&text, "|", article, TextOf(spans));
      absl::StrAppend(&text, "\n");
    }
    for (const NarrowingLaw& narrowing : law.narrowings) {
      absl::StrAppend(&text, narrowing.origin, " ", TextOf(narrowing.spans), "\n");
    }
  });
  for (const StandingLine& line : standing.StatusAt(DayStart("2023-01-01"))) absl::StrAppend(&text, line.why, "\n");
  for (const StandingFinding& finding : standing.findings()) absl::StrAppend(&text, finding.what, "\n");
  return text;
}

TEST(StandingPropertyTest, RemovingARatificationNeverGrantsMore) {
  Dice dice(1);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const World world = RandomWorld(&dice, /*has_rival=*/false);
    const Standing before = world.Fold();
    for (const VerifiedAct& act : world.acts) {
      if (!act.instrument.has_ratify()) continue;
      const Standing after = world.Without(act.state, act.number).Fold();
      ASSERT_TRUE(GrantsNoMore(after, before))
          << "round " << round << ", act " << act.number << " of " << act.state << "\n"
          << TextOf(before) << "\n"
          << TextOf(after);
      narrowed += GrantsLess(after, before) ? 1 : 0;
    }
  }
  EXPECT_GT(narrowed, kRounds / 2);
}

TEST(StandingPropertyTest, AddingANarrowingNeverGrantsMoreNorBindsLess) {
  Dice dice(2);
  int narrowed = 0;
  for (int round = 0; round < 3 * kRounds; ++round) {
    const World world = RandomWorld(&dice, /*has_rival=*/dice.Roll(2) == 0);
    World with_more = world;
    AddNarrowing(&dice, &with_more);
    const Standing before = world.Fold();
    const Standing after = with_more.Fold();
    ASSERT_TRUE(GrantsNoMore(after, before)) << "round " << round << "\n" << TextOf(before) << "\n" << TextOf(after);
    ASSERT_TRUE(BindsNoLess(after, before)) << "round " << round << "\n" << TextOf(before) << "\n" << TextOf(after);
    narrowed += GrantsLess(after, before) ? 1 : 0;
  }
  EXPECT_GT(narrowed, kRounds / 2);
}

TEST(StandingPropertyTest, DenouncingNeverGrantsMore) {
  Dice dice(3);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const World world = RandomWorld(&dice, /*has_rival=*/false);
    const Standing before = world.Fold();
    for (const std::string& state : kStates) {
      World left = world;
      left.Act(state, RandomDay(&dice), "denounce { treaty_id: \"T\" }");
      const Standing after = left.Fold();
      ASSERT_TRUE(GrantsNoMore(after, before)) << "round " << round << "\n" << TextOf(before) << "\n" << TextOf(after);
      narrowed += GrantsLess(after, before) ? 1 : 0;
    }
  }
  EXPECT_GT(narrowed, kRounds / 2);
}

TEST(StandingPropertyTest, NothingIsGrantedToWhomItDoesNotBind) {
  Dice dice(4);
  for (int round = 0; round < kRounds; ++round) {
    const Standing standing = RandomWorld(&dice, /*has_rival=*/true).Fold();
    ForEachPair([&](const std::string& a, const std::string& b) {
      for (const TreatyLaw& law : standing.LawBetween(a, b).treaties) {
        ASSERT_TRUE(IsPartOf(law.grants, law.asker_bound)) << "round " << round << "\n" << TextOf(standing);
        ASSERT_TRUE(IsPartOf(law.grants, law.answerer_bound)) << "round " << round << "\n" << TextOf(standing);
      }
    });
  }
}

TEST(StandingPropertyTest, OneVersionAtATimeGrantsBetweenTwoStates) {
  Dice dice(5);
  for (int round = 0; round < kRounds; ++round) {
    const Standing standing = RandomWorld(&dice, /*has_rival=*/true).Fold();
    ForEachPair([&](const std::string& a, const std::string& b) {
      Spans granted;
      for (const TreatyLaw& law : standing.LawBetween(a, b).treaties) {
        if (law.document->treaty.id() != "T") continue;
        ASSERT_TRUE(Intersect(granted, law.grants).empty()) << "round " << round << "\n" << TextOf(standing);
        granted = Unite(granted, law.grants);
      }
    });
  }
}

TEST(StandingPropertyTest, BothDirectionsAndBothSidesSeeTheSame) {
  Dice dice(6);
  for (int round = 0; round < kRounds; ++round) {
    const Standing standing = RandomWorld(&dice, /*has_rival=*/true).Fold();
    ForEachPair([&](const std::string& a, const std::string& b) {
      const PairLaw there = standing.LawBetween(a, b);
      const PairLaw back = standing.LawBetween(b, a);
      for (size_t i = 0; i < there.treaties.size(); ++i) {
        ASSERT_EQ(there.treaties[i].grants, back.treaties[i].grants);
        ASSERT_EQ(there.treaties[i].withdrawn, back.treaties[i].withdrawn);
        ASSERT_EQ(there.treaties[i].asker_bound, back.treaties[i].answerer_bound);
      }
      const absl::Time at = DayStart(RandomDay(&dice));
      ASSERT_EQ(standing.PolicyDigest("T", a, b, at), standing.PolicyDigest("T", b, a, at));
    });
  }
}

TEST(StandingPropertyTest, TheOrderOfDocumentsAndActsDoesNotMatter) {
  Dice dice(7);
  for (int round = 0; round < kRounds; ++round) {
    const World world = RandomWorld(&dice, /*has_rival=*/true);
    World shuffled = world;
    dice.Shuffle(&shuffled.treaties);
    dice.Shuffle(&shuffled.overlays);
    dice.Shuffle(&shuffled.acts);
    ASSERT_EQ(TextOf(shuffled.Fold()), TextOf(world.Fold())) << "round " << round;
  }
}

TEST(StandingPropertyTest, SpansAreSortedApartAndNeverEmpty) {
  Dice dice(8);
  const auto is_tidy = [](const Spans& spans) {
    for (size_t i = 0; i < spans.size(); ++i) {
      if (spans[i].from >= spans[i].until || (i > 0 && spans[i].from <= spans[i - 1].until)) return false;
    }
    return true;
  };
  for (int round = 0; round < kRounds; ++round) {
    const Standing standing = RandomWorld(&dice, /*has_rival=*/true).Fold();
    ForEachPair([&](const std::string& a, const std::string& b) {
      const PairLaw pair = standing.LawBetween(a, b);
      for (const TreatyLaw& law : pair.treaties) {
        ASSERT_TRUE(is_tidy(law.grants) && is_tidy(law.asker_bound) && is_tidy(law.answerer_bound));
        for (const auto& [article, spans] : law.withdrawn) ASSERT_TRUE(is_tidy(spans) && !spans.empty());
      }
      for (const NarrowingLaw& law : pair.narrowings) ASSERT_TRUE(is_tidy(law.spans) && !law.spans.empty());
    });
  }
}

}  // namespace
}  // namespace tamga::policy
