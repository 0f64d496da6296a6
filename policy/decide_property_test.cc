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

// Treaties, and since when they bind whom.
struct Law {
  std::vector<v1::Treaty> treaties;
  Terms terms;
};

v1::Treaty RandomTreaty(Dice* dice, const std::string& id, Terms* terms) {
  v1::Treaty treaty;
  treaty.set_id(id);
  for (const std::string& state : kStates) {
    v1::Party* party = treaty.add_parties();
    party->set_state(state);
    if (dice->Roll(5) == 0) (*terms)[{id, state}] = {.from = Midnight("2025-01-01")};
    for (const std::string& agency : kAgencies) {
      if (agency.substr(0, 3) == state && dice->Roll(4) != 0) party->add_agencies(agency);
    }
  }
  for (int n = 1 + dice->Roll(3); n > 0; --n) AddGrant(dice, &treaty);
  for (int n = dice->Roll(2); n > 0; --n) AddProhibition(dice, &treaty);
  return treaty;
}

Law RandomLaw(Dice* dice) {
  Law law;
  for (const char* id : {"A", "B"}) law.treaties.push_back(RandomTreaty(dice, id, &law.terms));
  return law;
}

Question RandomQuestion(Dice* dice) {
  Question question;
  question.asker = dice->Pick(kAgencies);
  question.answerer = dice->Pick(kAgencies);
  question.record_kind = v1::RECORD_KIND_WATCHLIST;
  question.operation = dice->Pick(kOperations);
  question.purpose = dice->Pick(kPurposes);
  question.treaty_id = dice->Pick(std::vector<std::string>{"", "A", "B"});
  question.dischargeable = kAllObligationTypes;
  for (const v1::Attribute attribute : kAttributes) {
    if (dice->Roll(4) != 0) question.facts.SetFlag(attribute, static_cast<v1::Ternary>(dice->Roll(3)));
  }
  return question;
}

Stage RandomStage(Dice* dice) {
  return dice->Pick(
      std::vector<Stage>{Stage::kRequestEgress, Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress});
}

Decision DecideBy(const Law& law, const Question& question, Stage stage) {
  std::vector<TreatyDocument> documents;
  for (const v1::Treaty& treaty : law.treaties) documents.push_back({treaty, "hash of " + treaty.id(), treaty.id()});
  return SetOf(std::move(documents), law.terms).Decide(question, stage, Day("2024-06-01"));
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
bool ReferencePermits(const Law& law, const Question& question, Stage stage) {
  const auto in_force = [&](const v1::Treaty& treaty, const std::string& agency) {
    return law.terms.count({treaty.id(), agency.substr(0, 3)}) == 0;
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
    return static_cast<v1::Ternary>(question.facts.Get(attribute).known() ? question.facts.Get(attribute).value : 0);
  };
  // A consent is known to who holds the record: at a check, to the side that answers.
  const auto judged_at = [&](v1::Attribute attribute) {
    return attribute == v1::ATTRIBUTE_VICTIM_CONSENT && question.operation == v1::OPERATION_WATCHLIST_CHECK
               ? Stage::kReplyEgress
               : Stage::kRequestEgress;
  };
  const bool is_reply = stage >= Stage::kReplyEgress;
  bool granted = false;
  for (const v1::Treaty& treaty : law.treaties) {
    for (const v1::Prohibition& prohibition : treaty.prohibitions()) {
      bool hits = in_scope(prohibition.scope()) &&
                  (in_force(treaty, question.asker) || (is_reply && in_force(treaty, question.answerer)));
      Stage judged = Stage::kRequestEgress;
      for (const v1::Condition& condition : prohibition.when()) {
        judged = std::max(judged, judged_at(condition.attribute()));
      }
      for (const v1::Condition& condition : prohibition.when()) {
        const v1::Ternary value = fact(condition.attribute());
        hits = hits && (value == condition.is() || (value == v1::TERNARY_UNSPECIFIED && stage == judged));
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
        serves = serves && (value == condition.is() ||
                            (value == v1::TERNARY_UNSPECIFIED && stage != judged_at(condition.attribute())));
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
    const Law law = RandomLaw(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const bool permitted = DecideBy(law, question, stage).permitted;
    ASSERT_EQ(permitted, ReferencePermits(law, question, stage)) << "round " << round;
    permits += permitted ? 1 : 0;
  }
  EXPECT_GT(permits, kRounds / 50) << "the random questions must reach both outcomes";
}

TEST(DecidePropertyTest, AddingAProhibitionNeverTurnsADenialIntoAPermit) {
  Dice dice(2);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    Law law = RandomLaw(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const bool before = DecideBy(law, question, stage).permitted;
    AddProhibition(&dice, &law.treaties[static_cast<size_t>(dice.Roll(2))]);
    const bool after = DecideBy(law, question, stage).permitted;
    ASSERT_TRUE(before || !after) << "round " << round;
    narrowed += before && !after ? 1 : 0;
  }
  EXPECT_GT(narrowed, 0);
}

// Over the exchange as a whole: what cannot be known yet at one stage is judged at a later one.
TEST(DecidePropertyTest, RemovingAFactNeverTurnsADenialIntoAPermit) {
  Dice dice(3);
  int narrowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Law law = RandomLaw(&dice);
    Question question = RandomQuestion(&dice);
    const auto passes = [&] {
      return DecideBy(law, question, Stage::kRequestEgress).permitted &&
             DecideBy(law, question, Stage::kReplyEgress).permitted;
    };
    const bool before = passes();
    question.facts.Forget(dice.Pick(kAttributes));
    const bool after = passes();
    ASSERT_TRUE(before || !after) << "round " << round;
    narrowed += before && !after ? 1 : 0;
  }
  EXPECT_GT(narrowed, 0);
}

TEST(DecidePropertyTest, TheOrderOfTreatiesRulesAndListsDoesNotMatter) {
  Dice dice(4);
  for (int round = 0; round < kRounds; ++round) {
    Law law = RandomLaw(&dice);
    const Question question = RandomQuestion(&dice);
    const Stage stage = RandomStage(&dice);
    const std::string before = TextOf(DecideBy(law, question, stage));
    dice.Shuffle(law.treaties.begin(), law.treaties.end());
    for (v1::Treaty& treaty : law.treaties) {
      dice.Shuffle(treaty.mutable_grants()->begin(), treaty.mutable_grants()->end());
      dice.Shuffle(treaty.mutable_prohibitions()->begin(), treaty.mutable_prohibitions()->end());
    }
    ASSERT_EQ(TextOf(DecideBy(law, question, stage)), before) << "round " << round;
  }
}

TEST(DecidePropertyTest, ADenialAlwaysSaysWhyAndTellsNothing) {
  Dice dice(5);
  for (int round = 0; round < kRounds; ++round) {
    const Decision decision = DecideBy(RandomLaw(&dice), RandomQuestion(&dice), RandomStage(&dice));
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
