// What narrows a permit: ceilings, duties, rules that a State added by its own act, and obligations that cannot be met.
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "node/base/check.h"
#include "node/base/matchers.h"
#include "policy/spans.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

v1::Narrowing Rules(const std::string& text) {
  v1::Narrowing rules;
  TAMGA_CHECK(google::protobuf::TextFormat::ParseFromString(text, &rules));
  return rules;
}

Decision DecideWith(const std::string& narrowing, const std::string& treaty_id,
                    const Question& question = SmallQuestion(), Stage stage = Stage::kRequestEgress) {
  const TreatySet set = SetOf({SmallTreaty()}, {}, {{Rules(narrowing), treaty_id, "BBB-LAW"}});
  return set.Decide(question, stage, Day("2024-01-01"));
}

constexpr char kReferenceOnly[] =
    "ceilings { id: \"c\" cites: \"7\" request { level: DISCLOSURE_LEVEL_HIT_NO_HIT } "
    "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } }";

TEST(NarrowingTest, ACeilingCutsWhatAGrantDiscloses) {
  const Decision decision = DecideWith(kReferenceOnly, "");
  ASSERT_TRUE(decision.permitted);
  EXPECT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_HIT_NO_HIT);
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_HIT_NO_HIT);
}

TEST(NarrowingTest, ACeilingAboveTheGrantChangesNothing) {
  const Decision decision = DecideWith(
      "ceilings { id: \"c\" request { level: DISCLOSURE_LEVEL_FULL } reply { level: DISCLOSURE_LEVEL_FULL } }", "");
  EXPECT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_PARTIAL);
  EXPECT_THAT(decision.request.classes(), ElementsAre(v1::DATA_CLASS_IDENTITY));
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_REFERENCE);
}

TEST(NarrowingTest, ARuleAddedToOneTreatySaysNothingAboutOthers) {
  EXPECT_EQ(DecideWith(kReferenceOnly, "OTHER").reply.level(), v1::DISCLOSURE_LEVEL_REFERENCE);
  EXPECT_EQ(DecideWith(kReferenceOnly, "SMALL").reply.level(), v1::DISCLOSURE_LEVEL_HIT_NO_HIT);
  constexpr char kNever[] = "prohibitions { id: \"p\" cites: \"7\" }";
  EXPECT_TRUE(DecideWith(kNever, "OTHER").permitted);
  const Decision forbidden = DecideWith(kNever, "SMALL");
  EXPECT_EQ(forbidden.reason, "FORBIDDEN");
  EXPECT_THAT(forbidden.articles, ElementsAre("BBB-LAW art. 7"));
}

// One that a State added to a treaty.
Added AddedTo(const std::string& treaty_id, const std::string& when = "") {
  return {Rules(absl::StrCat("prohibitions { id: \"p\" ", when, " may_be_told: true }")), treaty_id,
          absl::StrCat("reservation to ", treaty_id)};
}

constexpr char kIfYoung[] = "when { attribute: ATTRIBUTE_AGE at_most: 13 }";

// By SMALL and by OTHER, which says the same.
Decision DecideByTwo(const std::vector<Added>& added, const Question& question) {
  const TreatySet set = SetOf({SmallTreaty(), With(SmallTreaty(), "\"SMALL\"", "\"OTHER\"")}, {}, added);
  return set.Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
}

TEST(NarrowingTest, OnlyRulesThatTookAGrantAwayAreNamed) {
  Question question = SmallQuestion();
  question.treaty_id = "SMALL";
  const Decision decision = DecideByTwo({AddedTo("SMALL"), AddedTo("OTHER"), AddedTo("THIRD")}, question);
  EXPECT_EQ(decision.reason, "FORBIDDEN");
  EXPECT_THAT(decision.articles, ElementsAre("reservation to SMALL"));
  EXPECT_EQ(decision.explanation, "Forbidden by reservation to SMALL, in every case.");
  question.treaty_id.clear();
  EXPECT_THAT(DecideByTwo({AddedTo("SMALL"), AddedTo("OTHER"), AddedTo("THIRD")}, question).articles,
              ElementsAre("reservation to OTHER", "reservation to SMALL"));
}

TEST(NarrowingTest, AFactThatIsNotKnownIsAskedForWhereItWouldOpenAGrant) {
  Question question = SmallQuestion();
  const std::vector<Added> added{AddedTo("SMALL", kIfYoung), AddedTo("OTHER")};
  const Decision unknown = DecideByTwo(added, question);
  EXPECT_EQ(unknown.reason, "FACT_UNKNOWN");
  EXPECT_EQ(unknown.request.level(), v1::DISCLOSURE_LEVEL_NONE);
  EXPECT_THAT(unknown.missing, ElementsAre("AGE must be known to be above 13 (reservation to SMALL)"));
  EXPECT_THAT(unknown.articles, ElementsAre("reservation to SMALL"));
  question.facts.SetNumber(v1::ATTRIBUTE_AGE, 14);
  EXPECT_EQ(DecideByTwo(added, question).treaty_id, "SMALL");
  question.facts.SetNumber(v1::ATTRIBUTE_AGE, 13);
  EXPECT_EQ(DecideByTwo(added, question).reason, "FORBIDDEN");
}

TEST(NarrowingTest, AFactIsNotAskedForWhereNoGrantWouldOpen) {
  const Question question = SmallQuestion();
  EXPECT_EQ(DecideByTwo({AddedTo("SMALL", kIfYoung), AddedTo("SMALL"), AddedTo("OTHER")}, question).reason,
            "FORBIDDEN");
  Question other = SmallQuestion();
  other.purpose = v1::PURPOSE_READMISSION;
  EXPECT_EQ(DecideByTwo({AddedTo("SMALL", kIfYoung), AddedTo("OTHER", kIfYoung)}, other).reason, "NO_GRANT");
}

TEST(NarrowingTest, AllFactsThatAreMissingAreNamedTogether) {
  Question question = SmallQuestion();
  question.facts.Forget(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN);
  question.treaty_id = "SMALL";
  EXPECT_THAT(DecideByTwo({AddedTo("SMALL", kIfYoung)}, question).missing,
              UnorderedElementsAre("ASYLUM_CLAIM_OPEN must be known to be NO (SMALL art. 2(b))",
                                   "ASYLUM_CLAIM_OPEN must be known to be NO (OTHER art. 2(b))",
                                   "AGE must be known to be above 13 (reservation to SMALL)"));
}

TEST(NarrowingTest, AnOverlayForbidsWhateverTreatyServes) {
  const Decision decision = DecideWith(
      "prohibitions { id: \"p\" cites: \"7\" when { attribute: ATTRIBUTE_AGE at_most: 13 } may_be_told: true }", "");
  EXPECT_EQ(decision.reason, "FACT_UNKNOWN");
  EXPECT_THAT(decision.missing, ElementsAre("AGE must be known to be above 13 (BBB-LAW art. 7)"));
  EXPECT_TRUE(decision.may_be_told);
}

TEST(NarrowingTest, ADutyIsUnitedWithTheGrantsObligations) {
  const Decision decision = DecideWith(
      "duties { id: \"d\" obligation { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 } }", "");
  ASSERT_TRUE(decision.permitted);
  ASSERT_NE(decision.obligations.Find(v1::OBLIGATION_TYPE_RETAIN_AT_MOST), nullptr);
}

TEST(NarrowingTest, WhatTheNodeCannotSeeToDenies) {
  Question question = SmallQuestion();
  question.dischargeable = kAllObligationTypes & ~(1u << v1::OBLIGATION_TYPE_REPORT_USE);
  const Decision decision =
      DecideWith("duties { id: \"d\" obligation { type: OBLIGATION_TYPE_REPORT_USE bearer: BEARER_ASKER amount: 30 } }",
                 "", question);
  EXPECT_EQ(decision.reason, "OBLIGATION_UNSUPPORTED");
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_NONE);
  EXPECT_THAT(decision.missing, ElementsAre(HasSubstr("within 30 days what use was made of it")));
}

TEST(NarrowingTest, WhatNobodySaysThatItCanSeeToDenies) {
  Question question = SmallQuestion();
  question.dischargeable = Question().dischargeable;
  constexpr char kReview[] =
      "duties { id: \"d\" obligation { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER } }";
  EXPECT_EQ(DecideWith(kReview, "", question).reason, "OBLIGATION_UNSUPPORTED");
  EXPECT_TRUE(DecideWith(kReview, "").permitted);
}

TEST(NarrowingTest, FourEyesWaitForOfficersOfTheSideThatBearsThem) {
  constexpr char kTwoNeeded[] =
      "duties { id: \"d\" obligation { type: OBLIGATION_TYPE_FOUR_EYES bearer: BEARER_ASKER amount: 2 } }";
  Question question = SmallQuestion();
  question.approvals = 1;
  EXPECT_EQ(DecideWith(kTwoNeeded, "", question).reason, "APPROVAL_REQUIRED");
  EXPECT_TRUE(DecideWith(kTwoNeeded, "", question, Stage::kRequestIngress).permitted);
  EXPECT_TRUE(DecideWith(kTwoNeeded, "", question, Stage::kReplyEgress).permitted);
  question.approvals = 2;
  EXPECT_TRUE(DecideWith(kTwoNeeded, "", question).permitted);
}

TEST(NarrowingTest, ThatOfficersMustAgreeIsNotToldWhereAFactCallsForThem) {
  const auto may_be_told = [](const std::string& when) {
    Question question = SmallQuestion();
    question.facts.SetNumber(v1::ATTRIBUTE_AGE, 10);
    const Decision decision =
        DecideWith("duties { id: \"d\" " + when +
                       " obligation { type: OBLIGATION_TYPE_FOUR_EYES bearer: BEARER_ANSWERER amount: 1 } }",
                   "", question, Stage::kReplyEgress);
    EXPECT_EQ(decision.reason, "APPROVAL_REQUIRED");
    return decision.may_be_told;
  };
  EXPECT_TRUE(may_be_told(""));
  EXPECT_FALSE(may_be_told("when { attribute: ATTRIBUTE_AGE at_most: 13 }"));
}

TEST(NarrowingTest, MoreRecordsThanAllowedOrAnUnknownNumberAreDenied) {
  constexpr char kTen[] =
      "duties { id: \"d\" obligation { type: OBLIGATION_TYPE_VOLUME bearer: BEARER_ASKER amount: 10 } }";
  Question question = SmallQuestion();
  EXPECT_EQ(DecideWith(kTen, "", question).reason, "VOLUME_EXCEEDED");
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 11);
  EXPECT_EQ(DecideWith(kTen, "", question).reason, "VOLUME_EXCEEDED");
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 10);
  EXPECT_TRUE(DecideWith(kTen, "", question).permitted);
}

TEST(NarrowingTest, AroundTheDayOnWhichForceBeginsOrEndsNothingIsGrantedEarlyOrLate) {
  // Laws of a fixture have no skew; a view of its own has.
  const TreatySet set = SetOf({SmallTreaty()});
  const View view(set.ViewBetween("AAA", "BBB").law(), absl::Minutes(2));
  const Buckets buckets = view.Find(view.Asker("AAA/police"), v1::RECORD_KIND_WATCHLIST, v1::OPERATION_WATCHLIST_CHECK,
                                    v1::PURPOSE_BORDER_CHECK);
  const auto grants_at = [&](absl::Time now) {
    size_t grants = 0;
    for (const Bucket* bucket : buckets) {
      for (const GrantRule* rule : bucket->grants) grants += IsWithin(rule->spans, now) ? 1 : 0;
    }
    return grants;
  };
  const auto prohibitions_at = [&](absl::Time now) {
    size_t prohibitions = 0;
    for (const Bucket* bucket : buckets) {
      for (const ProhibitionRule* rule : bucket->prohibitions) {
        prohibitions += IsWithin(*rule->request_spans, now) ? 1 : 0;
      }
    }
    return prohibitions;
  };
  const absl::Time from = Midnight("2020-01-01"), until = Midnight("2030-01-01");
  const absl::Duration tick = absl::Nanoseconds(1), skew = absl::Minutes(2);
  EXPECT_EQ(grants_at(from + skew - tick), 0u);
  EXPECT_EQ(grants_at(from + skew), 1u);
  EXPECT_EQ(grants_at(until - skew - tick), 1u);
  EXPECT_EQ(grants_at(until - skew), 0u);
  EXPECT_EQ(prohibitions_at(from - skew - tick), 0u);
  EXPECT_EQ(prohibitions_at(from - skew), 1u);
}

// Whoever binds only itself to rules about everything is not to fill others' memory with them.
TEST(NarrowingTest, ARuleStandsInTheIndexOnceForAllThatItDoesNotList) {
  std::string rules;
  for (int i = 0; i < 1000; ++i) {
    absl::StrAppend(&rules, "prohibitions { id: \"p", i, "\" when { attribute: ATTRIBUTE_AGE at_most: ", i % 10,
                    " } }");
  }
  const TreatySet set = SetOf({SmallTreaty()}, {}, {{Rules(rules), "", "BBB-LAW"}});
  const View& view = set.ViewBetween("AAA", "BBB");
  const auto bucket_of = [&](const char* asker, v1::RecordKind kind, v1::Operation operation, v1::Purpose purpose) {
    const Bucket* found = nullptr;
    for (const Bucket* bucket : view.Find(view.Asker(asker), kind, operation, purpose)) {
      if (bucket->prohibitions.size() == 1000) found = bucket;
    }
    return found;
  };
  const Bucket* everywhere =
      bucket_of("AAA/police", v1::RECORD_KIND_WATCHLIST, v1::OPERATION_WATCHLIST_CHECK, v1::PURPOSE_BORDER_CHECK);
  ASSERT_NE(everywhere, nullptr);
  EXPECT_EQ(bucket_of("AAA/other", v1::RECORD_KIND_LOG, v1::OPERATION_LOG_RECONCILE, v1::PURPOSE_AUDIT), everywhere);
}

TEST(NarrowingTest, RulesThatListDifferentThingsAreToldInTheirOrder) {
  const std::string rules =
      "prohibitions { id: \"a\" cites: \"3\" }"
      "prohibitions { id: \"b\" cites: \"2\" scope { askers: \"AAA/police\" } }"
      "prohibitions { id: \"c\" cites: \"1\" scope { purposes: PURPOSE_BORDER_CHECK } }";
  EXPECT_EQ(DecideWith(rules, "").explanation,
            "Forbidden by BBB-LAW art. 3, in every case; by BBB-LAW art. 2, in every case; by BBB-LAW art. 1, in every "
            "case.");
}

}  // namespace
}  // namespace tamga::policy
