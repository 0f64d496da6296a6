// What suites show to matter, and which mutants of the law they notice.
#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "policy/coverage.h"
#include "policy/mutation.h"
#include "policy/standing_fixture.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

// The law that both States ratified the text, with an overlay of BBB if there are rules for one.
Standing LawBy(const std::string& text, const std::string& overlay = "") {
  World world;
  world.treaties.push_back(Document(text));
  const std::string hash = HexEncode(world.treaties.back().sha256);
  for (const char* state : {"AAA", "BBB"}) world.Ratify(state, "2020-01-01", hash, "in_force_from: \"2020-01-01\"");
  if (!overlay.empty()) {
    const std::string law = world.AddOverlay("BBB", 1, overlay);
    world.Act("BBB", "2020-01-01", absl::StrCat("adopt { overlay { id: \"BBB-LAW\" sha256: \"", law, "\" } }"));
  }
  return world.Fold();
}

// A case of SmallQuestion with facts and expectation as text.
std::string Case(const std::string& facts, const std::string& expect) {
  static int number = 0;
  return absl::StrCat("cases { name: \"", ++number,
                      "\" on: \"2024-01-01\" asker: \"AAA/police\" answerer: \"BBB/police\" record_kind: "
                      "RECORD_KIND_WATCHLIST operation: OPERATION_WATCHLIST_CHECK purpose: PURPOSE_BORDER_CHECK ",
                      facts, " expect { ", expect, " } }\n");
}

constexpr char kNoAsylum[] = "facts { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN flag: TERNARY_NO } ";
constexpr char kAsylum[] = "facts { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN flag: TERNARY_YES } ";
constexpr char kPermitted[] = "reason: \"PERMITTED\"";

std::string Aged(int years) {
  return absl::StrCat(kNoAsylum, "facts { attribute: ATTRIBUTE_AGE number: ", years, " } ");
}

std::vector<v1::TreatySuite> Suite(const std::vector<std::string>& cases) {
  std::string text = "treaties: \"SMALL\"\n";
  for (const std::string& of : cases) absl::StrAppend(&text, of);
  return {ReadSuite(text, "suite").value()};
}

std::vector<std::string> Uncovered(const Coverage& coverage) {
  std::vector<std::string> names;
  for (const auto& uncovered : coverage.uncovered) {
    names.push_back(absl::StrCat(uncovered.rule, uncovered.condition == 0 ? "" : absl::StrCat(" ", uncovered.condition),
                                 uncovered.attribute.empty() ? "" : " ", uncovered.attribute));
  }
  return names;
}

std::vector<std::string> Survivors(const Standing& law, const std::vector<std::string>& cases) {
  std::vector<std::string> names;
  const MutationReport report = RunMutants(law, Suite(cases), [](uint64_t, uint64_t) {});
  for (const Mutant& mutant : report.survivors) {
    names.push_back(absl::StrCat(NameOf(mutant.mutation), ": ", mutant.rule, " ", mutant.what));
  }
  return names;
}

// SmallTreaty for adults.
std::string AdultTreaty() {
  return With(SmallTreaty(), "  request {", "  when { attribute: ATTRIBUTE_AGE at_least: 18 }\n  request {");
}

TEST(CoverageTest, ARuleMattersIfACaseIsJudgedOtherwiseWithoutIt) {
  const Standing law = LawBy(SmallTreaty());
  const Coverage permitted = CoverageOf(law, Suite({Case(kNoAsylum, kPermitted)}));
  EXPECT_EQ(permitted.rules, 2u);
  EXPECT_EQ(permitted.rules_shown, 1u);
  EXPECT_THAT(Uncovered(permitted), ElementsAre("SMALL asylum", "SMALL asylum 1 ASYLUM_CLAIM_OPEN"));
  const Coverage both = CoverageOf(law, Suite({Case(kNoAsylum, kPermitted), Case(kAsylum, "reason: \"FORBIDDEN\"")}));
  EXPECT_EQ(both.rules_shown, 2u);
  EXPECT_EQ(both.conditions_shown, both.conditions);
  EXPECT_THAT(Uncovered(both), IsEmpty());
}

TEST(CoverageTest, AConditionMattersIfItAloneStandsInTheWay) {
  const Standing law = LawBy(AdultTreaty());
  const std::string asylum =
      Case(absl::StrCat(kAsylum, "facts { attribute: ATTRIBUTE_AGE number: 30 } "), "reason: \"FORBIDDEN\"");
  EXPECT_THAT(Uncovered(CoverageOf(law, Suite({Case(Aged(30), kPermitted), asylum}))),
              ElementsAre("SMALL check 1 AGE"));
  EXPECT_THAT(
      Uncovered(CoverageOf(law, Suite({Case(Aged(30), kPermitted), Case(Aged(3), "reason: \"NO_GRANT\""), asylum}))),
      IsEmpty());
}

TEST(CoverageTest, WhatAStateAddedIsLookedAtToo) {
  const Standing law =
      LawBy(SmallTreaty(), "prohibitions { id: \"young\" cites: \"9\" when { attribute: ATTRIBUTE_AGE at_most: 13 } }");
  EXPECT_THAT(Uncovered(CoverageOf(law, Suite({Case(Aged(30), kPermitted)}))),
              IsSupersetOf({"BBB-LAW young", "BBB-LAW young 1 AGE"}));
  EXPECT_THAT(Uncovered(CoverageOf(law, Suite({Case(Aged(30), kPermitted), Case(Aged(9), "reason: \"FORBIDDEN\"")}))),
              ElementsAre("SMALL asylum", "SMALL asylum 1 ASYLUM_CLAIM_OPEN"));
}

TEST(MutationTest, CasesAtTheLimitsKillWhatCasesFarFromThemLetLive) {
  const Standing law = LawBy(AdultTreaty());
  EXPECT_THAT(Survivors(law, {Case(Aged(30), kPermitted), Case(Aged(3), "reason: \"NO_GRANT\"")}),
              IsSupersetOf({"threshold: SMALL check condition 1 (AGE) at least 17",
                            "threshold: SMALL check condition 1 (AGE) at least 19"}));
  for (const std::string& survivor :
       Survivors(law, {Case(Aged(18), kPermitted), Case(Aged(17), "reason: \"NO_GRANT\"")})) {
    EXPECT_THAT(survivor, Not(::testing::HasSubstr("AGE")));
  }
}

TEST(MutationTest, EveryKindOfChangeIsTriedAndASuiteThatLooksAtEverythingKillsAll) {
  const Standing law =
      LawBy(With(AdultTreaty(), "answer_within_days: 10",
                 "obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 }"),
            "ceilings { id: \"c\" cites: \"9\" reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } } "
            "duties { id: \"d\" cites: \"9\" obligation { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER } }");
  const std::string asylum =
      Case(absl::StrCat(kAsylum, "facts { attribute: ATTRIBUTE_AGE number: 30 } "), "reason: \"FORBIDDEN\"");
  const std::vector<std::string> others{asylum, Case(Aged(17), "reason: \"NO_GRANT\"")};
  std::vector<std::string> careless{Case(Aged(18), kPermitted)};
  careless.insert(careless.end(), others.begin(), others.end());
  EXPECT_THAT(
      Survivors(law, careless),
      ElementsAre("obligation: SMALL check without: what was received is erased after 30 days (the asking side)",
                  "disclosure: SMALL check request also tells DATA_CLASS_ACTION",
                  "disclosure: SMALL check reply also tells DATA_CLASS_ACTION", "effect: BBB-LAW c gone",
                  "disclosure: BBB-LAW c reply also tells references", "obligation: BBB-LAW d gone"));
  std::vector<std::string> careful{
      Case(Aged(18), absl::StrCat(kPermitted,
                                  " request: DISCLOSURE_LEVEL_PARTIAL request_classes: DATA_CLASS_IDENTITY"
                                  " reply: DISCLOSURE_LEVEL_HIT_NO_HIT"
                                  " obligations: OBLIGATION_TYPE_RETAIN_AT_MOST"
                                  " obligations: OBLIGATION_TYPE_HUMAN_REVIEW"))};
  careful.insert(careful.end(), others.begin(), others.end());
  // Below a ceiling a grant that tells more tells the same.
  EXPECT_THAT(Survivors(law, careful), ElementsAre("disclosure: SMALL check reply also tells DATA_CLASS_ACTION"));
}

TEST(MutationTest, CountsAddUpAndProgressEndsAtTheTotal) {
  uint64_t last = 0, total = 0;
  const MutationReport report =
      RunMutants(LawBy(AdultTreaty()), Suite({Case(Aged(18), kPermitted)}), [&](uint64_t done, uint64_t of) {
        EXPECT_EQ(done, ++last);
        total = of;
      });
  EXPECT_EQ(last, total);
  size_t mutants = 0, killed = 0;
  for (const auto& [mutation, count] : report.counts) {
    mutants += count.mutants;
    killed += count.killed;
  }
  EXPECT_EQ(mutants, total);
  EXPECT_EQ(mutants - killed, report.survivors.size());
  EXPECT_GT(killed, 0u);
}

TEST(MutationTest, ACaseThatFailsKillsNothing) {
  const Standing law = LawBy(SmallTreaty());
  const MutationReport report =
      RunMutants(law, Suite({Case(kNoAsylum, "reason: \"NO_GRANT\"")}), [](uint64_t, uint64_t) {});
  for (const auto& [mutation, count] : report.counts) EXPECT_EQ(count.killed, 0u) << NameOf(mutation);
}

TEST(MutationTest, ATextThatIsNeverLawIsLeftOut) {
  World world;
  world.treaties.push_back(Document(SmallTreaty()));
  const Standing law = world.Fold();
  EXPECT_THAT(
      RunMutants(law, Suite({Case(kNoAsylum, "reason: \"TREATY_NOT_IN_FORCE\"")}), [](uint64_t, uint64_t) {}).counts,
      IsEmpty());
}

}  // namespace
}  // namespace tamga::policy
