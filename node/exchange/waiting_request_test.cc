#include "node/exchange/waiting_request.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

// Kazakhstan asks while the partner's line is down. What arrives once it is up again is counted.
class WaitingRequestTest : public ::testing::Test {
 protected:
  WaitingRequestTest() {
    node_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage&) {
                       if (is_up_) ++arrived_;
                       return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("no answer"));
                     }));
    asked_ = node_.AskToTakeBack(kKyrgyz);
    EXPECT_EQ(asked_.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED) << asked_.status;
    is_up_ = true;
  }

  // The law from now on.
  void ReplaceLaw(const std::string& obligations, const std::string& rules) {
    const TestStates other(obligations, rules);
    states_.treaties.Replace(*other.treaties.Get());
  }

  absl::Status Resume() {
    const absl::StatusOr<store::OutboxRow> row = (*node_.parts().database.Read())->FindOutbox(asked_.exchange_id);
    return row.ok() ? node_.asking().Resume(*row) : row.status();
  }

  TestStates states_;
  TestNode node_{states_, kKazakh};
  AskResult asked_;
  bool is_up_ = false;
  int arrived_ = 0;
};

TEST_F(WaitingRequestTest, WhatTheLawStillAllowsIsSentAgain) {
  EXPECT_THAT(Resume(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(arrived_, 1);
  ReplaceLaw("", "prohibitions { id: \"never\" cites: \"1\" scope { operations: OPERATION_READMISSION_REPLY } }");
  EXPECT_THAT(Resume(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(arrived_, 2);
}

TEST_F(WaitingRequestTest, WhatIsForbiddenMeanwhileDoesNotLeave) {
  ReplaceLaw("", "prohibitions { id: \"never\" cites: \"1\" scope { operations: OPERATION_READMISSION_SUBMIT } }");
  EXPECT_OK(Resume());
  EXPECT_EQ(arrived_, 0);
  const v1::LogEntry end = node_.Entries().back();
  EXPECT_EQ(end.kind(), v1::ENTRY_KIND_UNDELIVERED);
  EXPECT_EQ(end.exchange_id(), asked_.exchange_id);
  EXPECT_EQ(end.reason(), "FORBIDDEN");
  EXPECT_THAT(Resume(), StatusIs(absl::StatusCode::kNotFound));  // it has come to its end
}

TEST_F(WaitingRequestTest, WhatIsNarrowedMeanwhileDoesNotLeaveWhole) {
  ReplaceLaw("", "ceilings { id: \"less\" cites: \"1\" request { level: DISCLOSURE_LEVEL_REFERENCE } }");
  EXPECT_OK(Resume());
  EXPECT_EQ(arrived_, 0);
  EXPECT_EQ(node_.Entries().back().reason(), "NARROWED");
}

TEST_F(WaitingRequestTest, WithoutTheDecisionThatLetItOutNothingLeaves) {
  const absl::Status status =
      CheckMayStillLeave(*states_.treaties.Get(), states_.RequestHeader(kKazakh, kKyrgyz), "", {}, states_.clock.Now());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace tamga::exchange
