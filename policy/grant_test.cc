// Grants with conditions, several grants of one treaty, and the choice among treaties.
#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;

TEST(GrantTest, ItsConditionMustBeKnownToHoldAtRequestEgress) {
  const TreatySet set =
      SetOf({With(SmallTreaty(), "  request {",
                  "  when { attribute: ATTRIBUTE_TRAFFICKING_INDICATOR is: TERNARY_YES }\n  request {")});
  Question question = SmallQuestion();
  const auto decide = [&](Stage stage) { return set.Decide(question, stage, Day("2024-01-01")); };
  EXPECT_THAT(decide(Stage::kRequestEgress).missing,
              ElementsAre("SMALL art. 1 would serve if TRAFFICKING_INDICATOR were YES (is: unknown)"));
  EXPECT_FALSE(decide(Stage::kRequestEgress).may_be_told) << "the reason would give the fact away";
  EXPECT_TRUE(decide(Stage::kRequestIngress).permitted);
  EXPECT_TRUE(decide(Stage::kReplyEgress).permitted);
  question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  EXPECT_EQ(decide(Stage::kRequestEgress).reason, "NO_GRANT");
  EXPECT_EQ(decide(Stage::kRequestIngress).reason, "NO_GRANT");
  question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_YES);
  EXPECT_TRUE(decide(Stage::kRequestEgress).permitted);
}

std::string Grant(absl::string_view id, absl::string_view article, absl::string_view request, absl::string_view reply,
                  absl::string_view terms) {
  return absl::StrCat("grants { id: \"", id, "\" cites: \"", article,
                      "\" scope { record_kinds: RECORD_KIND_WATCHLIST operations: OPERATION_WATCHLIST_CHECK "
                      "purposes: PURPOSE_BORDER_CHECK } request { level: DISCLOSURE_LEVEL_",
                      request, " } reply { level: DISCLOSURE_LEVEL_", reply, " } ", terms, " }\n");
}

TEST(GrantTest, SeveralOfOneTreatyAddUpAndTheirStrictestTermsBind) {
  const std::string more = absl::StrCat(
      SmallTreaty(),
      Grant(
          "b", "2(b)", "PARTIAL classes: DATA_CLASS_DOCUMENT on_excess: ON_EXCESS_REFUSE", "HIT_NO_HIT",
          "answer_within_days: 5 obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 }"),
      Grant("a", "1", "REFERENCE", "PARTIAL classes: DATA_CLASS_ACTION",
            "obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ANSWERER amount: 90 }"));
  const Decision decision = SetOf({more}).Decide(SmallQuestion(), Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_PARTIAL);
  EXPECT_THAT(decision.request.classes(), ElementsAre(v1::DATA_CLASS_IDENTITY, v1::DATA_CLASS_DOCUMENT));
  EXPECT_EQ(decision.request.on_excess(), v1::ON_EXCESS_REFUSE);
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_PARTIAL);
  EXPECT_THAT(decision.reply.classes(), ElementsAre(v1::DATA_CLASS_ACTION));
  EXPECT_EQ(decision.answer_within_days, 5u);
  const ObligationSet::Item* retain = decision.obligations.Find(v1::OBLIGATION_TYPE_RETAIN_AT_MOST);
  ASSERT_NE(retain, nullptr);
  EXPECT_EQ(retain->amount, 30u) << "the stricter";
  EXPECT_EQ(retain->bearers, static_cast<uint32_t>(v1::BEARER_BOTH)) << "of either";
  EXPECT_THAT(decision.articles, ElementsAre("SMALL art. 1", "SMALL art. 2(b)"));
  EXPECT_EQ(decision.explanation, "Permitted by SMALL art. 1 and SMALL art. 2(b).");
}

TEST(GrantTest, UncitedTheTreatyThatTellsMostIsChosen) {
  const auto treaty = [](absl::string_view id, absl::string_view request, absl::string_view reply) {
    std::string text = With(SmallTreaty(), "\"SMALL\"", absl::StrCat("\"", id, "\""));
    text = With(text, "answer_within_days: 10", "answer_within_days: 10 justification: \"To be compared.\"");
    text = With(text, "request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }",
                absl::StrCat("request { level: DISCLOSURE_LEVEL_", request, " }"));
    return With(text, "reply { level: DISCLOSURE_LEVEL_REFERENCE }",
                absl::StrCat("reply { level: DISCLOSURE_LEVEL_", reply, " }"));
  };
  const std::string two = "PARTIAL classes: DATA_CLASS_ACTION classes: DATA_CLASS_DOCUMENT";
  const std::string one = "PARTIAL classes: DATA_CLASS_ACTION";
  const auto chosen = [&](const std::vector<std::string>& texts) {
    return SetOf(texts).Decide(SmallQuestion(), Stage::kRequestEgress, Day("2024-01-01")).treaty_id;
  };
  EXPECT_EQ(chosen({treaty("A", "FULL", "HIT_NO_HIT"), treaty("B", "NONE", "REFERENCE")}), "B") << "by the reply";
  EXPECT_EQ(chosen({treaty("A", "FULL", one), treaty("B", "NONE", two)}), "B") << "by the classes of the reply";
  EXPECT_EQ(chosen({treaty("A", "FULL", two), treaty("B", "NONE", "FULL")}), "B")
      << "the level goes before the classes";
  EXPECT_EQ(chosen({treaty("A", "REFERENCE", one), treaty("B", "FULL", one)}), "B") << "then by the request";
  EXPECT_EQ(chosen({treaty("B", "FULL", one), treaty("A", "FULL", one)}), "A") << "then by id";
  Question cited = SmallQuestion();
  cited.treaty_id = "A";
  const TreatySet set = SetOf({treaty("A", "FULL", one), treaty("B", "FULL", "FULL")});
  EXPECT_EQ(set.Decide(cited, Stage::kRequestEgress, Day("2024-01-01")).treaty_id, "A");
}

}  // namespace
}  // namespace tamga::policy
