#include "node/exchange/refusal.h"

#include "gmock/gmock.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

policy::Decision Denial(std::string reason, std::string explanation, std::vector<std::string> missing) {
  policy::Decision decision;
  decision.reason = std::move(reason);
  decision.explanation = std::move(explanation);
  decision.missing = std::move(missing);
  return decision;
}

TEST(RefusalTest, ADenialIsToldInSentencesAndToProgramsInTheMetadata) {
  const policy::Decision decision =
      Denial("NO_GRANT", "No treaty permits it.", {"cite another", "A art. 1 would serve if the purpose were B"});
  const absl::Status told = DenialToCaller(decision);
  EXPECT_EQ(told.message(), "No treaty permits it. Cite another. A art. 1 would serve if the purpose were B.");
  EXPECT_EQ(MetadataOf(told)["missing"], "cite another; A art. 1 would serve if the purpose were B");
  EXPECT_EQ(RefusalToCaller(RefusalToPeer(decision), "KGZ/police").message(),
            "KGZ/police refused: No treaty permits it. Cite another. A art. 1 would serve if the purpose were B.");
}

TEST(RefusalTest, WhatTheExplanationSaysItselfIsNotToldAgain) {
  const std::string clause = "A must be known to be NO (T art. 1)";
  const absl::Status told =
      DenialToCaller(Denial("FACT_UNKNOWN", "Forbidden as long as facts are not known: " + clause + ".", {clause}));
  EXPECT_EQ(told.message(), "Forbidden as long as facts are not known: A must be known to be NO (T art. 1).");
  EXPECT_EQ(MetadataOf(told)["missing"], clause);
}

TEST(RefusalTest, OfApprovalsThatAreLackingAPartnerHearsNoMoreThanThat) {
  policy::Decision decision = Denial("APPROVAL_REQUIRED", "T art. 1 permits it once others agree.", {"2 officers"});
  decision.articles = {"T art. 1"};
  const v1::Refusal told = RefusalToPeer(decision);
  EXPECT_EQ(told.reason(), "APPROVAL_REQUIRED");
  EXPECT_EQ(told.explanation(), "officers there must agree first; ask again once they have");
  EXPECT_EQ(told.missing_size() + told.citations_size(), 0);
  decision.may_be_told = false;
  EXPECT_EQ(RefusalToPeer(decision).reason(), "NOT_SERVED");
}

TEST(RefusalTest, SomeShowThatTheOtherSideKnowsOtherTreaties) {
  v1::Refusal refusal;
  for (const char* reason : {"TREATY_TEXT_DIFFERS", "TREATY_ACTS_DIFFER", "TREATY_UNKNOWN", "TREATY_NOT_IN_FORCE"}) {
    refusal.set_reason(reason);
    EXPECT_TRUE(ShowsOtherTreaties(refusal)) << reason;
  }
  for (const char* reason : {"", "NO_GRANT", "FORBIDDEN", "NOT_SERVED"}) {
    refusal.set_reason(reason);
    EXPECT_FALSE(ShowsOtherTreaties(refusal)) << reason;
  }
}

TEST(RefusalTest, ARefusalWithoutSuggestionsIsToldAsItIs) {
  v1::Refusal refusal;
  refusal.set_grpc_code(7);
  refusal.set_reason("NOT_SERVED");
  refusal.set_explanation("the request cannot be served");
  EXPECT_EQ(RefusalToCaller(refusal, "KGZ/police").message(), "KGZ/police refused: the request cannot be served");
}

}  // namespace
}  // namespace tamga::exchange
