#include "policy/analysis/demand.h"

#include <gmock/gmock.h>

namespace tamga::policy::analysis {
namespace {

using ::testing::SizeIs;

v1::Obligation Obligation(v1::ObligationType type, v1::Bearer bearer, uint32_t amount = 0, uint32_t window = 0) {
  v1::Obligation obligation;
  obligation.set_type(type);
  obligation.set_bearer(bearer);
  obligation.set_amount(amount);
  obligation.set_window_hours(window);
  return obligation;
}

bool Stricter(const v1::Obligation& a, const v1::Obligation& b) { return Imply(DemandsOf(a), DemandsOf(b)); }

TEST(DemandTest, FewerDaysOfRetentionAreStricter) {
  const auto days = [](uint32_t amount) {
    return Obligation(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, v1::BEARER_ASKER, amount);
  };
  EXPECT_TRUE(Stricter(days(30), days(30)));
  EXPECT_TRUE(Stricter(days(30), days(90)));
  EXPECT_FALSE(Stricter(days(90), days(30)));
}

TEST(DemandTest, MoreOfficersAreStricter) {
  const auto officers = [](uint32_t amount) {
    return Obligation(v1::OBLIGATION_TYPE_FOUR_EYES, v1::BEARER_ASKER, amount);
  };
  EXPECT_TRUE(Stricter(officers(2), officers(1)));
  EXPECT_FALSE(Stricter(officers(1), officers(2)));
}

TEST(DemandTest, BothSidesAreStricterThanOne) {
  const auto borne = [](v1::Bearer bearer) { return Obligation(v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER, bearer); };
  EXPECT_TRUE(Stricter(borne(v1::BEARER_BOTH), borne(v1::BEARER_ANSWERER)));
  EXPECT_FALSE(Stricter(borne(v1::BEARER_ANSWERER), borne(v1::BEARER_BOTH)));
  EXPECT_FALSE(Stricter(borne(v1::BEARER_ANSWERER), borne(v1::BEARER_ASKER)));
}

TEST(DemandTest, AQuotaIsStricterIfItKeepsToTheOtherInEveryWindow) {
  const auto quota = [](uint32_t amount, uint32_t hours) {
    return Obligation(v1::OBLIGATION_TYPE_QUOTA, v1::BEARER_ASKER, amount, hours);
  };
  EXPECT_TRUE(Stricter(quota(10, 24), quota(100, 240)));
  EXPECT_FALSE(Stricter(quota(10, 24), quota(99, 240)));
  EXPECT_TRUE(Stricter(quota(10, 24), quota(10, 12)));
  EXPECT_FALSE(Stricter(quota(10, 12), quota(10, 24)));
}

TEST(DemandTest, PurposesOfSeveralLimitsAddUp) {
  v1::Obligation two = Obligation(v1::OBLIGATION_TYPE_USE_ONLY_FOR, v1::BEARER_ASKER);
  two.add_purposes(v1::PURPOSE_BORDER_CHECK);
  two.add_purposes(v1::PURPOSE_READMISSION);
  v1::Obligation one = Obligation(v1::OBLIGATION_TYPE_USE_ONLY_FOR, v1::BEARER_ASKER);
  one.add_purposes(v1::PURPOSE_BORDER_CHECK);
  EXPECT_TRUE(Stricter(one, two));
  EXPECT_FALSE(Stricter(two, one));
  EXPECT_THAT(DemandsOf(one), SizeIs(v1::Purpose_descriptor()->value_count() - 2));
}

TEST(DemandTest, WhatGrantsDemandIsReadable) {
  v1::Grant grant;
  grant.set_answer_within_days(10);
  grant.mutable_reply()->set_on_excess(v1::ON_EXCESS_REFUSE);
  *grant.add_obligations() = Obligation(v1::OBLIGATION_TYPE_QUOTA, v1::BEARER_ASKER, 5, 24);
  std::vector<std::string> texts;
  for (const Demand& demand : DemandsOf(grant)) texts.push_back(ToText(demand));
  EXPECT_THAT(texts, testing::ElementsAre("the asking side: QUOTA 5 exchanges in 24 hours",
                                          "the answering side: answer within 10 days",
                                          "a reply that tells too much is refused whole"));
}

}  // namespace
}  // namespace tamga::policy::analysis
