#include "node/readmission/case_history.h"

#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"

namespace tamga::readmission {
namespace {

v1::MessageHeader Header(const std::string& from, const std::string& to, char id) {
  v1::MessageHeader header;
  header.set_exchange_id(std::string(16, id));
  header.set_from(from);
  header.set_to(to);
  header.mutable_treaty()->set_id("TEST-TREATY");
  return header;
}

v1::ReadmissionCase NewCase(v1::ReadmissionState state) {
  v1::ReadmissionCase record;
  record.set_requesting_agency("KAZ/interior-ministry");
  record.set_requested_agency("KGZ/interior-ministry");
  record.set_state(state);
  return record;
}

v1::ReadmissionDecision Acceptance() {
  v1::ReadmissionDecision decision;
  decision.set_state(v1::READMISSION_STATE_ACCEPTED);
  decision.mutable_decided_at()->set_seconds(100);
  return decision;
}

const v1::MessageHeader kSubmission = Header("KAZ/interior-ministry", "KGZ/interior-ministry", 'a');
const v1::MessageHeader kReply = Header("KGZ/interior-ministry", "KAZ/interior-ministry", 'b');

TEST(CaseHistoryTest, ReceiptIsRecordedOnce) {
  v1::ReadmissionCase record = NewCase(v1::READMISSION_STATE_SUBMITTED);
  EXPECT_TRUE(RecordReceipt(kSubmission, {}, {}, &record));
  EXPECT_FALSE(RecordReceipt(kSubmission, {}, {}, &record));
  EXPECT_EQ(record.history_size(), 2);
}

TEST(CaseHistoryTest, AnswerThatOvertakesTheReceiptKeepsTheOrderOfEvents) {
  v1::ReadmissionCase record = NewCase(v1::READMISSION_STATE_SUBMITTED);
  ASSERT_OK(CheckMayBeAnswered(record, record.requesting_agency()));
  EXPECT_TRUE(RecordDecision(kReply, Acceptance(), {}, &record));
  EXPECT_TRUE(RecordReceipt(kSubmission, {}, {}, &record));
  ASSERT_EQ(record.history_size(), 3);
  EXPECT_EQ(record.history(0).state(), v1::READMISSION_STATE_SUBMITTED);
  EXPECT_EQ(record.history(1).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(record.history(2).state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_ACCEPTED);
}

TEST(CaseHistoryTest, AnsweredCaseIsNotMadeUndelivered) {
  v1::ReadmissionCase record = NewCase(v1::READMISSION_STATE_ACCEPTED);
  EXPECT_FALSE(RecordNonDelivery(kSubmission, "EXPIRED", absl::UnixEpoch(), &record));
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_ACCEPTED);
}

TEST(CaseHistoryTest, SameDecisionIsRecordedOnceAndAnyOtherIsAnother) {
  v1::ReadmissionCase record = NewCase(v1::READMISSION_STATE_RECEIVED);
  EXPECT_TRUE(RecordDecision(kReply, Acceptance(), {}, &record));
  EXPECT_FALSE(RecordDecision(kReply, Acceptance(), {}, &record));
  v1::ReadmissionDecision other = Acceptance();
  other.mutable_decided_at()->set_seconds(101);
  EXPECT_FALSE(HoldsDecision(record, other));
  other = Acceptance();
  other.set_reasons("x");
  EXPECT_FALSE(HoldsDecision(record, other));
  other = Acceptance();
  other.set_state(v1::READMISSION_STATE_REFUSED);
  EXPECT_FALSE(HoldsDecision(record, other));
}

struct Transition {
  v1::ReadmissionState from;
  bool by_requested;   // may the requested agency answer from here?
  bool at_requesting;  // may the requesting agency take the answer?
};

class TransitionTest : public ::testing::TestWithParam<Transition> {};

TEST_P(TransitionTest, IsAllowedOrNamesTheState) {
  const v1::ReadmissionCase record = NewCase(GetParam().from);
  const absl::Status by_requested = CheckMayBeAnswered(record, record.requested_agency());
  const absl::Status at_requesting = CheckMayBeAnswered(record, record.requesting_agency());
  EXPECT_EQ(by_requested.ok(), GetParam().by_requested);
  EXPECT_EQ(at_requesting.ok(), GetParam().at_requesting);
  if (!by_requested.ok()) {
    EXPECT_EQ("READMISSION_STATE_" + MetadataOf(by_requested)["state"], v1::ReadmissionState_Name(GetParam().from));
  }
}

INSTANTIATE_TEST_SUITE_P(AllStates, TransitionTest,
                         ::testing::Values(Transition{v1::READMISSION_STATE_SUBMITTED, false, true},
                                           Transition{v1::READMISSION_STATE_RECEIVED, true, true},
                                           Transition{v1::READMISSION_STATE_ACCEPTED, false, false},
                                           Transition{v1::READMISSION_STATE_REFUSED, false, false},
                                           Transition{v1::READMISSION_STATE_NOT_DELIVERED, false, false}));

}  // namespace
}  // namespace tamga::readmission
