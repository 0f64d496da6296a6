#include "node/treaty/foresight.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/treaty/invariants.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty/widening.h"

namespace tamga::treaty {
namespace {

using ::testing::HasSubstr;

std::string Readmission() { return ReadFile(TAMGA_SOURCE_DIR "/policy/treaties/readmission-kaz-kgz.txtpb").value(); }

// A version that nobody has seen in this process, unless it is made with the same note.
std::string Amendment(absl::string_view note) {
  const std::string before = Readmission();
  const std::string version = absl::StrCat("version: 2\nprevious_sha256: \"", HexEncode(Sha256(before)), "\"");
  return absl::StrCat("# ", note, "\n", absl::StrReplaceAll(before, {{"version: 1", version}}));
}

policy::TreatyDocument Document(const std::string& text) { return policy::ReadTreaty(text, "text").value(); }

class ForesightTest : public testing::Test {
 protected:
  void SetUp() override {
    held_ = RatifiedSources({{Readmission()}});
    ASSERT_OK_AND_ASSIGN(library_, BuildLibrary(held_, rules_.offices, rules_.skew, rules_.state));
  }

  absl::Status Work(const v1::TreatyBundle& bundle, WhenBusy when_busy = WhenBusy::kWait) {
    return WorkAhead(held_, library_, bundle, rules_, OnFault::kRefuseAll, when_busy);
  }

  static v1::TreatyBundle Of(const std::string& text) {
    v1::TreatyBundle bundle;
    bundle.add_treaties(text);
    return bundle;
  }

  v1::SignedAct RatificationBy(const std::string& state, const std::string& text) {
    return SignNextAct(state, held_.acts[state],
                       absl::StrCat("state: \"", state, "\" effective_on: \"2026-11-01\" citation: \"Law 1\" ratify { ",
                                    "document { id: \"READMISSION-KAZ-KGZ\" sha256: \"", HexEncode(Sha256(text)),
                                    "\" } in_force_from: \"2026-12-01\" }\n"));
  }

  const IntakeRules rules_{TestOffices({"KAZ", "KGZ"}), absl::Minutes(2), ""};
  TreatySources held_;
  TreatyLibrary library_;
};

TEST_F(ForesightTest, WhatWouldBeTakenOverIsProvedAndComparedAhead) {
  const std::string text = Amendment("ahead");
  v1::TreatyBundle bundle = Of(text);
  EXPECT_FALSE(IsVerdictKnown(Document(text)));
  EXPECT_OK(Work(bundle));
  EXPECT_TRUE(IsVerdictKnown(Document(text)));
  EXPECT_FALSE(IsWideningKnown(Document(Readmission()), Document(text))) << "nobody ratifies it";
  *bundle.add_acts() = RatificationBy("KAZ", text);
  EXPECT_OK(Work(bundle));
  EXPECT_TRUE(IsWideningKnown(Document(Readmission()), Document(text)));
}

TEST_F(ForesightTest, WhatAnEarlierActWaitedForIsComparedAhead) {
  const std::string third = absl::StrReplaceAll(
      Amendment("third"),
      {{"version: 2", "version: 3"}, {HexEncode(Sha256(Readmission())), HexEncode(Sha256(Amendment("second")))}});
  v1::TreatyBundle bundle = Of(third);
  *bundle.add_acts() = RatificationBy("KAZ", third);
  ASSERT_OK_AND_ASSIGN(Intake intake, TakeIn(held_, library_, bundle, rules_, OnFault::kRefuseAll));
  held_ = std::move(intake.sources);
  library_ = std::move(intake.library);
  EXPECT_OK(Work(Of(Amendment("second"))));
  EXPECT_TRUE(IsWideningKnown(Document(Amendment("second")), Document(third)));
}

TEST_F(ForesightTest, NothingIsProvedThatIsNotTakenOver) {
  const std::string strangers = absl::StrReplaceAll(Amendment("strangers"), {{"KAZ", "TJK"}, {"KGZ", "UZB"}});
  EXPECT_OK(Work(Of(strangers)));
  EXPECT_FALSE(IsVerdictKnown(Document(strangers)));

  v1::TreatyBundle forged = Of(Amendment("forged"));
  *forged.add_acts() = RatificationBy("KAZ", Amendment("forged"));
  forged.mutable_acts(0)->clear_signatures();
  EXPECT_OK(Work(forged));
  EXPECT_FALSE(IsVerdictKnown(Document(Amendment("forged"))));

  v1::TreatyBundle bundle;
  for (size_t i = 0; i < rules_.most_proposals; ++i) bundle.add_treaties(Amendment(absl::StrCat(i)));
  ASSERT_OK_AND_ASSIGN(Intake full, TakeIn(held_, library_, bundle, rules_, OnFault::kRefuseAll));
  held_ = std::move(full.sources);
  library_ = std::move(full.library);
  const std::string too_many = Amendment("one too many");
  EXPECT_OK(Work(Of(too_many)));
  EXPECT_THAT(TakeIn(held_, library_, Of(too_many), rules_, OnFault::kRefuseAll), HasReason("TOO_MANY_PROPOSALS"));
  EXPECT_FALSE(IsVerdictKnown(Document(too_many)));
}

TEST_F(ForesightTest, WhoMayNotWaitComesAgain) {
  Turn::Taken turn = ProvingTurn().TryTake();
  ASSERT_NE(turn, nullptr);
  EXPECT_EQ(ProvingTurn().TryTake(), nullptr);
  const v1::TreatyBundle bundle = Of(Amendment("busy"));
  EXPECT_THAT(Work(bundle, WhenBusy::kComeAgain), HasReason("TREATY_PROOF_BUSY"));
  v1::TreatyBundle known = Of(Readmission());
  *known.add_acts() = RatificationBy("KAZ", Readmission());
  EXPECT_OK(Work(known, WhenBusy::kComeAgain));
  turn.reset();
  EXPECT_OK(Work(bundle, WhenBusy::kComeAgain));
  EXPECT_OK(Work(bundle, WhenBusy::kWait));
}

// That the attribute has one of five values, into which all of them fall.
std::string Is(int attribute, int value) {
  struct Number {
    const char* name;
    int64_t max;
  };
  constexpr Number kNumbers[] = {{"AGE", 150},
                                 {"MATCH_CONFIDENCE", 100},
                                 {"OFFENCE_SEVERITY", 1200},
                                 {"RECORD_AGE", 36600},
                                 {"VOLUME", 1'000'000}};
  constexpr const char* kRoles[] = {"SYSTEM", "OFFICER", "NODE", "AUDITOR", "OPERATOR"};
  if (attribute == 5) return absl::StrCat("when { attribute: ATTRIBUTE_CALLER_ROLE any_of: \"", kRoles[value], "\" } ");
  const Number& number = kNumbers[attribute];
  return absl::StrCat("when { attribute: ATTRIBUTE_", number.name, " at_least: ", 20 * value,
                      " at_most: ", value == 4 ? number.max : 20 * value + 19, " } ");
}

// Between 250 States, prohibitions that together forbid all that is granted, since of six attributes with five values
// two have the same one: true, but beyond what its proof may cost others.
TEST(InvariantsTest, ATextThatCannotBeProvedWithinTheBudgetIsNotSound) {
  std::string text =
      "id: \"HARD\" version: 1 title: \"Hard\" citation: \"C\" text_status: TEXT_STATUS_OFFICIAL\n"
      "entry_into_force { rule: ENTRY_RULE_STATED } articles { number: \"1\" summary: \"All.\" }\n"
      "grants { id: \"g\" cites: \"1\" scope { record_kinds: RECORD_KIND_WATCHLIST operations: "
      "OPERATION_WATCHLIST_CHECK purposes: PURPOSE_BORDER_CHECK } request { level: DISCLOSURE_LEVEL_REFERENCE } "
      "reply { level: DISCLOSURE_LEVEL_REFERENCE } }\n"
      "invariants { id: \"never\" cites: \"1\" }\n";
  for (int i = 0; i < 250; ++i) {
    const std::string state{'P', static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)};
    absl::StrAppend(&text, "parties { state: \"", state, "\" agencies: \"", state, "/x\" agencies: \"", state,
                    "/y\" }\n");
  }
  for (int value = 0; value < 5; ++value) {
    for (int one = 0; one < 6; ++one) {
      for (int other = 0; other < one; ++other) {
        absl::StrAppend(&text, "prohibitions { id: \"p", value, one, other, "\" cites: \"1\" ", Is(one, value),
                        Is(other, value), "}\n");
      }
    }
  }
  const absl::Status proved = ProveInvariants(Document(text));
  EXPECT_THAT(proved, HasReason("TREATY_UNSOUND"));
  EXPECT_THAT(proved.message(), HasSubstr("Not decided"));
}

}  // namespace
}  // namespace tamga::treaty
