// Properties of decisions that hold for any treaties: shown on random ones, the same in every run.
#include <algorithm>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "node/base/rng.h"
#include "policy/enum_names.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

constexpr int kRounds = 600;

class Dice {
 public:
  explicit Dice(uint64_t seed) : rng_(seed) {}
  // 0 to `sides` - 1.
  int Roll(int sides) { return static_cast<unsigned char>(rng_.Bytes(1)[0]) % sides; }
  template <typename T>
  T Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Roll(static_cast<int>(from.size())))];
  }
  template <typename T>
  void Shuffle(T begin, T end) {
    for (auto n = end - begin; n > 1; --n) std::swap(begin[n - 1], begin[Roll(static_cast<int>(n))]);
  }

 private:
  SeededRng rng_;
};

const std::vector<std::string> kStates = {"AAA", "BBB", "CCC"};
const std::vector<std::string> kAgencies = {"AAA/x", "AAA/y", "BBB/x", "BBB/y", "CCC/x"};
const std::vector<v1::Operation> kOperations = {v1::OPERATION_WATCHLIST_CHECK, v1::OPERATION_READMISSION_SUBMIT};
const std::vector<v1::Purpose> kPurposes = {v1::PURPOSE_BORDER_CHECK, v1::PURPOSE_READMISSION};
const std::vector<v1::Attribute> kAttributes = {v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::ATTRIBUTE_VICTIM_CONSENT};

v1::Scope RandomScope(Dice* dice, bool is_grant) {
  v1::Scope scope;
  if (dice->Roll(3) == 0) scope.add_askers(dice->Pick(kStates));
  if (dice->Roll(3) == 0) scope.add_answerers(dice->Pick(kAgencies));
  if (is_grant || dice->Roll(2) == 0) scope.add_record_kinds(v1::RECORD_KIND_WATCHLIST);
  if (is_grant || dice->Roll(2) == 0) scope.add_operations(dice->Pick(kOperations));
  if (is_grant || dice->Roll(2) == 0) scope.add_purposes(dice->Pick(kPurposes));
  return scope;
}

template <typename Rule>
void AddConditions(Dice* dice, Rule* rule) {
  for (const v1::Attribute attribute : kAttributes) {
    if (dice->Roll(3) != 0) continue;
    v1::Condition* condition = rule->add_when();
    condition->set_attribute(attribute);
    condition->set_is(dice->Roll(2) == 0 ? v1::TERNARY_YES : v1::TERNARY_NO);
  }
}

void AddProhibition(Dice* dice, v1::Treaty* treaty) {
  v1::Prohibition* prohibition = treaty->add_prohibitions();
  prohibition->set_id("p" + std::to_string(treaty->prohibitions_size()));
  prohibition->add_cites("2");
  prohibition->set_may_be_told(dice->Roll(2) == 0);
  *prohibition->mutable_scope() = RandomScope(dice, /*is_grant=*/false);
  AddConditions(dice, prohibition);
}

void AddGrant(Dice* dice, v1::Treaty* treaty) {
  v1::Grant* grant = treaty->add_grants();
  grant->set_id("g" + std::to_string(treaty->grants_size()));
  grant->add_cites("1");
  *grant->mutable_scope() = RandomScope(dice, /*is_grant=*/true);
  AddConditions(dice, grant);
  grant->mutable_request()->set_level(static_cast<v1::DisclosureLevel>(1 + dice->Roll(5)));
  grant->mutable_reply()->set_level(v1::DISCLOSURE_LEVEL_PARTIAL);
  grant->mutable_reply()->add_classes(static_cast<v1::DataClass>(3 + dice->Roll(8)));
  grant->set_answer_within_days(static_cast<uint32_t>(dice->Roll(4)));
}

v1::Treaty RandomTreaty(Dice* dice, const std::string& id) {
  v1::Treaty treaty;
  treaty.set_id(id);
  for (const std::string& state : kStates) {
    v1::Party* party = treaty.add_parties();
    party->set_state(state);
    party->set_in_force_from(dice->Roll(5) == 0 ? "2025-01-01" : "2020-01-01");
    for (const std::string& agency : kAgencies) {
      if (agency.substr(0, 3) == state && dice->Roll(4) != 0) party->add_agencies(agency);
    }
  }
  for (int n = 1 + dice->Roll(3); n > 0; --n) AddGrant(dice, &treaty);
  for (int n = dice->Roll(2); n > 0; --n) AddProhibition(dice, &treaty);
  return treaty;
}

std::vector<v1::Treaty> RandomTreaties(Dice* dice) { return {RandomTreaty(dice, "A"), RandomTreaty(dice, "B")}; }

Question RandomQuestion(Dice* dice) {
  Question question{.asker = dice->Pick(kAgencies),
                    .answerer = dice->Pick(kAgencies),
                    .record_kind = v1::RECORD_KIND_WATCHLIST,
                    .operation = dice->Pick(kOperations),
                    .purpose = dice->Pick(kPurposes),
                    .treaty_id = dice->Pick(std::vector<std::string>{"", "A", "B"}),
                    .facts = {}};
  for (const v1::Attribute attribute : kAttributes) {
    if (dice->Roll(4) != 0) question.facts[attribute] = static_cast<v1::Ternary>(dice->Roll(3));
  }
  return question;
}

Stage RandomStage(Dice* dice) {
  return dice->Pick(
      std::vector<Stage>{Stage::kRequestEgress, Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress});
}

Decision DecideBy(const std::vector<v1::Treaty>& treaties, const Question& question, Stage stage) {
  std::vector<TreatyDocument> documents;
  for (const v1::Treaty& treaty : treaties) documents.push_back({treaty, "hash of " + treaty.id(), treaty.id()});
  return TreatySet::Build(std::move(documents)).value().Decide(question, stage, Day("2024-06-01"));
}

std::string TextOf(const Decision& decision) {
  std::string text = decision.reason + "|" + decision.treaty_id + "|" + decision.treaty_sha256 + "|" +
                     decision.explanation + "|" + decision.request.ShortDebugString() + "|" +
                     decision.reply.ShortDebugString() + "|" + std::to_string(decision.answer_within_days) + "|" +
                     std::to_string(decision.may_be_told);
  for (const std::string& article : decision.articles) text += "|" + article;
  for (const std::string& sentence : decision.missing) text += "|" + sentence;
  return text;
}

// A second, slow reading of the rules, written from treaty.proto alone.
bool ReferencePermits(const std::vector<v1::Treaty>& treaties, const Question& question, Stage stage) {
  const auto in_force = [](const v1::Treaty& treaty, const std::string& agency) {
    for (const v1::Party& party : treaty.parties()) {
      if (party.state() == agency.substr(0, 3)) return party.in_force_from() <= "2024-06-01";
    }
    return false;
  };
  const auto competent = [](const v1::Treaty& treaty, const std::string& agency) {
    for (const v1::Party& party : treaty.parties()) {
      if (std::count(party.agencies().begin(), party.agencies().end(), agency) > 0) return true;
    }
    return false;
  };
  const auto among = [](const auto& list, const auto& value) {
    return list.empty() || std::count(list.begin(), list.end(), value) > 0;
  };
  const auto listed = [&](const auto& list, const std::string& agency) {
    return among(list, agency) || std::count(list.begin(), list.end(), agency.substr(0, 3)) > 0;
  };
  const auto in_scope = [&](const v1::Scope& scope) {
    return listed(scope.askers(), question.asker) && listed(scope.answerers(), question.answerer) &&
           among(scope.record_kinds(), static_cast<int>(question.record_kind)) &&
           among(scope.operations(), static_cast<int>(question.operation)) &&
           among(scope.purposes(), static_cast<int>(question.purpose));
  };
  const auto fact = [&](v1::Attribute attribute) {
    return question.facts.count(attribute) == 0 ? v1::TERNARY_UNSPECIFIED : question.facts.at(attribute);
  };
  const bool is_egress = stage == Stage::kRequestEgress;
  bool granted = false;
  for (const v1::Treaty& treaty : treaties) {
    for (const v1::Prohibition& prohibition : treaty.prohibitions()) {
      bool hits = in_force(treaty, question.asker) && in_scope(prohibition.scope());
      for (const v1::Condition& condition : prohibition.when()) {
        const v1::Ternary value = fact(condition.attribute());
        hits = hits && (value == condition.is() || (value == v1::TERNARY_UNSPECIFIED && is_egress));
      }
      if (hits) return false;
    }
    if (!question.treaty_id.empty() && question.treaty_id != treaty.id()) continue;
    for (const v1::Grant& grant : treaty.grants()) {
      bool serves = in_force(treaty, question.asker) && in_force(treaty, question.answerer) &&
                    competent(treaty, question.asker) && competent(treaty, question.answerer) &&
                    question.asker.substr(0, 3) != question.answerer.substr(0, 3) && in_scope(grant.scope());
      for (const v1::Condition& condition : grant.when()) {
        const v1::Ternary value = fact(condition.attribute());
        serves = serves && (value == condition.is() || (value == v1::TERNARY_UNSPECIFIED && !is_egress));
      }
      granted = granted || serves;
    }
  }
  return granted;
}

TEST(DecidePropertyTest, AgreesWithASlowReadingOfTheRules) {
  Dice dice(1);
  int permits = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<v1::Treaty> treaties = RandomTreaties(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const bool permitted = DecideBy(treaties, question, stage).permitted;
    ASSERT_EQ(permitted, ReferencePermits(treaties, question, stage)) << "round " << round;
    permits += permitted ? 1 : 0;
  }
  EXPECT_GT(permits, kRounds / 50) << "the random questions must reach both outcomes";
}

TEST(DecidePropertyTest, AddingAProhibitionNeverTurnsADenialIntoAPermit) {
  Dice dice(2);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<v1::Treaty> treaties = RandomTreaties(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const bool before = DecideBy(treaties, question, stage).permitted;
    AddProhibition(&dice, &treaties[static_cast<size_t>(dice.Roll(2))]);
    const bool after = DecideBy(treaties, question, stage).permitted;
    ASSERT_TRUE(before || !after) << "round " << round;
    narrowed += before && !after ? 1 : 0;
  }
  EXPECT_GT(narrowed, 0);
}

// At request egress only: elsewhere a fact that is unknown was discharged by the side that can know it.
TEST(DecidePropertyTest, RemovingAFactNeverTurnsADenialIntoAPermitAtRequestEgress) {
  Dice dice(3);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<v1::Treaty> treaties = RandomTreaties(&dice);
    Question question = RandomQuestion(&dice);
    const bool before = DecideBy(treaties, question, Stage::kRequestEgress).permitted;
    question.facts.erase(dice.Pick(kAttributes));
    const bool after = DecideBy(treaties, question, Stage::kRequestEgress).permitted;
    ASSERT_TRUE(before || !after) << "round " << round;
    narrowed += before && !after ? 1 : 0;
  }
  EXPECT_GT(narrowed, 0);
}

TEST(DecidePropertyTest, TheOrderOfTreatiesRulesAndListsDoesNotMatter) {
  Dice dice(4);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<v1::Treaty> treaties = RandomTreaties(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const std::string before = TextOf(DecideBy(treaties, question, stage));
    dice.Shuffle(treaties.begin(), treaties.end());
    for (v1::Treaty& treaty : treaties) {
      dice.Shuffle(treaty.mutable_grants()->begin(), treaty.mutable_grants()->end());
      dice.Shuffle(treaty.mutable_prohibitions()->begin(), treaty.mutable_prohibitions()->end());
    }
    ASSERT_EQ(TextOf(DecideBy(treaties, question, stage)), before) << "round " << round;
  }
}

TEST(DecidePropertyTest, ADenialAlwaysSaysWhyAndTellsNothing) {
  Dice dice(5);
  for (int round = 0; round < kRounds; ++round) {
    const Decision decision = DecideBy(RandomTreaties(&dice), RandomQuestion(&dice), RandomStage(&dice));
    ASSERT_FALSE(decision.explanation.empty());
    ASSERT_LE(decision.missing.size(), 6u);
    ASSERT_EQ(decision.permitted, decision.reason == "PERMITTED");
    if (decision.permitted) continue;
    ASSERT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_NONE);
    ASSERT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_NONE);
  }
}

}  // namespace
}  // namespace tamga::policy
