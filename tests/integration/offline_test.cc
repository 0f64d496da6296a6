// The line between two desks is down: what officers do meanwhile waits, and gets there in order, once, when it is back.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/case_desks.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::ElementsAreArray;

constexpr auto kQueued = v1::DELIVERY_STATE_QUEUED;

class OfflineTest : public CaseDesksTest {
 protected:
  void SetUp() override { StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}), 2000); }

  // Exchanges by which `actor` took steps in the case, as that node holds its history.
  std::vector<std::string> ExchangesOf(const std::string& actor, const std::string& case_id, const std::string& node) {
    std::vector<std::string> exchanges;
    const v1::ReadmissionCase seen = CaseAt(node, case_id);
    for (const v1::ReadmissionEvent& event : seen.history()) {
      if (event.has_step() && event.actor() == actor) exchanges.push_back(event.exchange_id());
    }
    return exchanges;
  }
};

TEST_F(OfflineTest, StepsThatWaitedThroughARestartAreDeliveredInOrderOnce) {
  const v1::ReadmissionCase received = Submit(1);
  const std::string case_id = received.case_id();
  std::vector<std::string> taken = ExchangesOf(kInterior, case_id, kInterior);
  federation_->node(kKyrgyz).Kill();
  for (const v1::ReadmissionStepKind kind :
       {v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STEP_KIND_RELEASE, v1::READMISSION_STEP_KIND_HOLD,
        v1::READMISSION_STEP_KIND_RELEASE, v1::READMISSION_STEP_KIND_WITHDRAW}) {
    taken.push_back(ExpectActed(kInterior, case_id, kind, kQueued));
  }
  federation_->node(kInterior).Kill();
  Start(kInterior);
  std::vector<std::string> waiting;
  for (const v1::OutboxItem& item : OutboxOf(kInterior)) waiting.push_back(item.exchange_id());
  EXPECT_THAT(waiting, ElementsAreArray(taken.end() - 5, taken.end()));

  Start(kKyrgyz);
  AwaitDelivery();
  ExpectOnBothSides(case_id, v1::READMISSION_STATE_WITHDRAWN);
  for (const char* node : {kInterior, kKyrgyz}) {
    EXPECT_THAT(ExchangesOf(kInterior, case_id, node), ElementsAreArray(taken)) << node;
  }
  const v1::ReadmissionCase seen = CaseAt(kInterior, case_id);
  for (const v1::ReadmissionEvent& event : seen.history()) {
    if (event.actor() == kInterior) {
      EXPECT_EQ(event.delivery(), v1::DELIVERY_STATE_DELIVERED);
    }
  }
  ExpectLogsIntact();
}

TEST_F(OfflineTest, AnApplicationThatWaitsTakesItsFollowingStepsWithIt) {
  federation_->node(kKyrgyz).Kill();
  const std::string case_id = Submit(1, kQueued).case_id();
  ExpectActed(kInterior, case_id, v1::READMISSION_STEP_KIND_HOLD, kQueued);
  ExpectActed(kInterior, case_id, v1::READMISSION_STEP_KIND_RELEASE, kQueued);
  EXPECT_EQ(CaseAt(kInterior, case_id).state(), v1::READMISSION_STATE_SUBMITTED);
  EXPECT_FALSE(CaseAt(kInterior, case_id).has_reply_due_at());  // the clock starts with the receipt

  Start(kKyrgyz);
  AwaitDelivery();
  ExpectOnBothSides(case_id, v1::READMISSION_STATE_RECEIVED);
  EXPECT_TRUE(CaseAt(kInterior, case_id).has_reply_due_at());
  ExpectActed(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_VERIFY);
  ExpectOnBothSides(case_id, v1::READMISSION_STATE_VERIFYING);
}

TEST_F(OfflineTest, WhenBothMovedMeanwhileTheEarlierStepStandsOnBothSides) {
  const std::string case_id = Submit(1).case_id();
  federation_->node(kKyrgyz).Kill();
  ExpectActed(kInterior, case_id, v1::READMISSION_STEP_KIND_WITHDRAW, kQueued);
  federation_->node(kInterior).Kill();
  Start(kKyrgyz);
  ExpectActed(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_VERIFY, kQueued);
  ExpectActed(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_ACCEPT, kQueued);
  EXPECT_EQ(CaseAt(kKyrgyz, case_id).state(), v1::READMISSION_STATE_ACCEPTED);

  Start(kInterior);
  AwaitDelivery();
  ExpectOnBothSides(case_id, v1::READMISSION_STATE_WITHDRAWN);
  int overtaken = 0;
  const v1::ReadmissionCase seen = CaseAt(kKyrgyz, case_id);
  for (const v1::ReadmissionEvent& event : seen.history()) {
    overtaken += event.overtaken() ? 1 : 0;
    EXPECT_EQ(event.overtaken(),
              event.kind() == v1::READMISSION_STEP_KIND_VERIFY || event.kind() == v1::READMISSION_STEP_KIND_ACCEPT);
  }
  EXPECT_EQ(overtaken, 2);
  ExpectLogsIntact();
}

}  // namespace
}  // namespace tamga::testing
