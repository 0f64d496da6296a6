// What exchanges oblige to, from the doors that book it to the uses that it limits.
#include "node/exchange/holdings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/holding.h"
#include "node/exchange/message_store.h"
#include "node/exchange/test_pair.h"
#include "node/store/sqlite.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kObligations[] = R"text(
  obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: 30 }
  obligations { type: OBLIGATION_TYPE_NO_ONWARD_TRANSFER bearer: BEARER_ANSWERER }
  obligations { type: OBLIGATION_TYPE_USE_ONLY_FOR bearer: BEARER_ANSWERER purposes: PURPOSE_READMISSION }
  obligations { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER }
)text";

class HoldingsTest : public ::testing::Test {
 protected:
  static absl::StatusOr<v1::Holding> HoldingAt(TestNode& node, const store::Origin& origin) {
    ASSIGN_OR_RETURN(store::ReadSession session, node.parts().database.Read());
    ASSIGN_OR_RETURN(const store::HoldingRow row, session->GetHolding(origin));
    return HoldingOf(row);
  }

  static std::vector<int> ObligationsOf(const v1::LogEntry& entry) {
    return {entry.obligations().begin(), entry.obligations().end()};
  }

  absl::Status Use(TestNode& node, const store::Origin& origin, v1::Purpose purpose) {
    v1::CallContext context;
    context.set_purpose(purpose);
    context.set_case_reference("KG-1");
    return Uses(node.parts())
        .CheckUse({{kKyrgyz, certs::Role::kOfficer, "o"}, absl::InfiniteFuture()}, context, origin);
  }

  TestPair pair_{kObligations};
};

TEST_F(HoldingsTest, EachSideBooksWhatItBearsWithTheEntryOfTheExchange) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  ASSERT_OK(asked.status);
  ASSERT_OK_AND_ASSIGN(const v1::Holding here, HoldingAt(pair_.kazakh, {asked.exchange_id, kKyrgyz, true}));
  ASSERT_OK_AND_ASSIGN(const v1::Holding there, HoldingAt(pair_.kyrgyz, FromKazakh(asked)));
  EXPECT_THAT(ObligationsOf(pair_.kazakh.Entries().back()),
              ElementsAre(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, v1::OBLIGATION_TYPE_HUMAN_REVIEW));
  EXPECT_EQ(here.duties_size(), 2);
  EXPECT_EQ(pair_.kyrgyz.Entries().back().kind(), v1::ENTRY_KIND_ANSWERED);
  EXPECT_THAT(ObligationsOf(pair_.kyrgyz.Entries().back()),
              ElementsAre(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER,
                          v1::OBLIGATION_TYPE_USE_ONLY_FOR));
  EXPECT_EQ(there.duties_size(), 3);
  EXPECT_THAT(there.articles(), ElementsAre("TEST-READMISSION art. 1"));
  EXPECT_THAT(ObligationsOf(pair_.kazakh.Entries().front()), IsEmpty());
  EXPECT_TRUE(pair_.kazakh.VerifyLog().intact());
}

TEST_F(HoldingsTest, TheCallerIsToldWhatItOwesAndWhenItIsErased) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  ASSERT_EQ(asked.summary.obligations_size(), 2);
  EXPECT_EQ(asked.summary.obligations(1).type(), v1::OBLIGATION_TYPE_HUMAN_REVIEW);
  EXPECT_EQ(FromProto(asked.summary.erase_at()), pair_.states.clock.Now() + 30 * absl::Hours(24));
}

TEST_F(HoldingsTest, ARefusedExchangeBooksNothingAndKeepsNoPayload) {
  pair_.keeping.refusal = Error(absl::StatusCode::kFailedPrecondition, "NOT_TODAY", "no");
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  EXPECT_THAT(asked.status, HasReason("NOT_TODAY"));
  EXPECT_EQ(asked.summary.obligations_size(), 0);
  for (TestNode* node : {&pair_.kazakh, &pair_.kyrgyz}) {
    EXPECT_THAT((*node->parts().database.Read())->ListHoldings({}, 10, "")->holdings, IsEmpty());
    EXPECT_THAT(ObligationsOf(node->Entries().back()), IsEmpty());
  }
  const auto row =
      (*pair_.kyrgyz.parts().database.Read())
          ->GetRecord("message", std::string(kKazakh) + "/" + FormatUuid(asked.exchange_id) + "/ENTRY_KIND_RECEIVED");
  ASSERT_OK(row);
  ASSERT_OK_AND_ASSIGN(
      const v1::SealedMessage kept,
      ReadMessage(pair_.kyrgyz.parts().vault, {kKazakh, asked.exchange_id, v1::ENTRY_KIND_RECEIVED}, row->blob));
  EXPECT_EQ(kept.payload().size(), 0u);
  EXPECT_TRUE(pair_.kyrgyz.VerifyLog().intact());
}

TEST_F(HoldingsTest, APartnersWordAboutApprovalsDoesNotMakeTheNodeAskAgain) {
  pair_.keeping.refusal = Error(absl::StatusCode::kFailedPrecondition, "APPROVALS_CHANGED", "no");
  EXPECT_THAT(pair_.kazakh.AskToTakeBack(kKyrgyz).status, HasReason("APPROVALS_CHANGED"));
  EXPECT_EQ(pair_.kazakh.Entries().size(), 2u);  // sent, delivered
}

TEST(DutiesTest, OneThatHangsOnWhoAskedIsBookedThoughTheReplyDoesNotSayIt) {
  TestPair pair("", R"text(duties {
    id: "review"
    cites: "1"
    scope { record_kinds: RECORD_KIND_READMISSION }
    when { attribute: ATTRIBUTE_CALLER_ROLE any_of: "SYSTEM" }
    obligation { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER }
  })text");
  const AskResult asked = pair.kazakh.AskToTakeBack(kKyrgyz);
  ASSERT_OK(asked.status);
  ASSERT_EQ(asked.summary.obligations_size(), 1);
  EXPECT_EQ(asked.summary.obligations(0).type(), v1::OBLIGATION_TYPE_HUMAN_REVIEW);
}

TEST_F(HoldingsTest, AnExchangeWithoutObligationsBooksNothing) {
  TestPair pair("");
  const AskResult asked = pair.kazakh.AskToTakeBack(kKyrgyz);
  ASSERT_OK(asked.status);
  EXPECT_FALSE(asked.summary.has_erase_at());
  EXPECT_THAT(HoldingAt(pair.kyrgyz, FromKazakh(asked)), StatusIs(absl::StatusCode::kNotFound));
  // A later use is on record all the same.
  EXPECT_OK(Use(pair.kyrgyz, FromKazakh(asked), v1::PURPOSE_MIGRATION_CONTROL));
  const v1::LogEntry used = pair.kyrgyz.Entries().back();
  EXPECT_EQ(used.kind(), v1::ENTRY_KIND_USED);
  EXPECT_EQ(used.treaty_id(), "TEST-READMISSION");
}

TEST_F(HoldingsTest, AUseForTheTreatysPurposeIsPermittedAndLogged) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  ASSERT_OK(Use(pair_.kyrgyz, FromKazakh(asked), v1::PURPOSE_READMISSION));
  const v1::LogEntry used = pair_.kyrgyz.Entries().back();
  EXPECT_EQ(used.kind(), v1::ENTRY_KIND_USED);
  EXPECT_EQ(used.exchange_id(), asked.exchange_id);
  EXPECT_EQ(used.partner(), kKazakh);
  EXPECT_EQ(used.outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  EXPECT_EQ(used.purpose(), v1::PURPOSE_READMISSION);
  EXPECT_EQ(used.asker_pseudonym().size(), 32u);
}

TEST_F(HoldingsTest, AUseForAnotherPurposeIsDeniedWithTheArticleAndLogged) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  const absl::Status denied = Use(pair_.kyrgyz, FromKazakh(asked), v1::PURPOSE_MIGRATION_CONTROL);
  EXPECT_THAT(denied, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(denied, HasReason("USE_NOT_PERMITTED"));
  EXPECT_EQ(MetadataOf(denied)["articles"], "TEST-READMISSION art. 1");
  EXPECT_THAT(std::string(denied.message()), HasSubstr(kKazakh));
  const v1::LogEntry used = pair_.kyrgyz.Entries().back();
  EXPECT_EQ(used.outcome(), v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(used.reason(), "USE_NOT_PERMITTED");
  EXPECT_EQ(used.purpose(), v1::PURPOSE_MIGRATION_CONTROL);
}

TEST_F(HoldingsTest, AUseWithoutPurposeIsNoUse) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  const size_t before = pair_.kyrgyz.Entries().size();
  const absl::Status status = Use(pair_.kyrgyz, FromKazakh(asked), v1::PURPOSE_UNSPECIFIED);
  EXPECT_EQ(MetadataOf(status)["field"], "context.purpose");
  EXPECT_EQ(pair_.kyrgyz.Entries().size(), before);
}

TEST_F(HoldingsTest, AHoldingThatIsGoneIsMissed) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  EXPECT_THAT(FindHolding(pair_.kyrgyz.parts().database, {asked.exchange_id, kUzbek, false}),
              HasReason("HOLDING_MISSING"));
  ASSERT_OK_AND_ASSIGN(const auto other, store::Database::Open(pair_.kyrgyz.folder() + "/exchange.db",
                                                               store::Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("DELETE FROM holding"));
  EXPECT_THAT(Use(pair_.kyrgyz, FromKazakh(asked), v1::PURPOSE_READMISSION), HasReason("HOLDING_MISSING"));
}

TEST_F(HoldingsTest, WhatMustNotBePassedOnDoesNotLeave) {
  const AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz);
  const AskResult onward = pair_.kyrgyz.AskToTakeBack(kUzbek, "SPECIMEN", FromKazakh(asked));
  EXPECT_THAT(onward.status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(onward.status, HasReason("ONWARD_TRANSFER_BARRED"));
  EXPECT_EQ(MetadataOf(onward.status)["articles"], "TEST-READMISSION art. 1");
  const v1::LogEntry entry = pair_.kyrgyz.Entries().back();
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_WITHHELD);
  EXPECT_EQ(entry.reason(), "ONWARD_TRANSFER_BARRED");
  EXPECT_EQ(entry.treaty_id(), "TEST-READMISSION");
  // The agency's own goes, and so does what goes back.
  EXPECT_THAT(pair_.kyrgyz.AskToTakeBack(kUzbek).summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_OK(pair_.kyrgyz.AskToTakeBack(kKazakh, "SPECIMEN", FromKazakh(asked)).status);
}

TEST_F(HoldingsTest, WhatServesOnePurposeIsNotPassedOnForAnother) {
  TestPair pair(
      "obligations { type: OBLIGATION_TYPE_USE_ONLY_FOR bearer: BEARER_BOTH purposes: PURPOSE_BORDER_CHECK }");
  const AskResult asked = pair.kazakh.AskToTakeBack(kKyrgyz);
  const AskResult onward = pair.kyrgyz.AskToTakeBack(kUzbek, "SPECIMEN", FromKazakh(asked));
  EXPECT_THAT(onward.status, HasReason("USE_NOT_PERMITTED"));
  EXPECT_EQ(pair.kyrgyz.Entries().back().kind(), v1::ENTRY_KIND_WITHHELD);
}

TEST_F(HoldingsTest, WhatMustNotBePassedOnIsNotToldToWhoAsksForIt) {
  // The Kyrgyz node got something from Kazakhstan, and tells of it when Uzbekistan asks.
  const AskResult first = pair_.kazakh.AskToTakeBack(kKyrgyz);
  pair_.keeping.tells = FromKazakh(first);
  TestNode uzbek(pair_.states, kUzbek);
  uzbek.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                     return pair_.kyrgyz.answering().Answer({kUzbek, certs::Role::kNode, "main"}, request);
                   }),
                   pair_.kyrgyz.log_key());
  const AskResult asked = uzbek.AskToTakeBack(kKyrgyz, "OTHER");
  // That a third agency's record is there is not for the other side to know.
  EXPECT_THAT(asked.status, HasReason("NOT_SERVED"));
  EXPECT_EQ(pair_.kyrgyz.Entries().back().outcome(), v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(pair_.kyrgyz.Entries().back().reason(), "NOT_SERVED");
  // To whom it came from it may be told.
  EXPECT_OK(pair_.kazakh.AskToTakeBack(kKyrgyz, "THIRD").status);
}

}  // namespace
}  // namespace tamga::exchange
