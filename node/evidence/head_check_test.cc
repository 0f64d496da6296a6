#include "node/evidence/head_check.h"

#include <string>
#include <utility>

#include "certs/purposes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/test_node.h"

namespace tamga::evidence {
namespace {

class HeadCheckTest : public ::testing::Test {
 protected:
  HeadCheckTest() {
    entry_.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
    entry_.set_own(exchange::kKazakh);
    *entry_.mutable_logged_at() = ToProto(states_.clock.Now());
    entry_.set_head(node_.parts().sequencer.NewestCheckpoint());
    SealBy(node_.seal(), certs::kCheckpointType);
  }

  void SealBy(const certs::Seal& seal, const char* type) {
    entry_.set_seal_key_id(seal.chain().front().SpkiSha256());
    *entry_.mutable_head_seal() = seal.Sign(type, entry_.head()).value();
  }

  absl::StatusOr<ledger::Checkpoint> Check(uint64_t index = 5) {
    return CheckHead(entry_, index, node_.log_key(), states_.trust());
  }

  exchange::TestStates states_;
  exchange::TestNode node_{states_, exchange::kKazakh};
  exchange::TestNode other_{states_, exchange::kKyrgyz};
  v1::LogEntry entry_;
};

TEST_F(HeadCheckTest, AHeadThatTheNewKeySealedHolds) {
  const auto head = Check();
  ASSERT_OK(head);
  EXPECT_EQ(head->origin, node_.log_key().name);
}

TEST_F(HeadCheckTest, AnythingElseDoesNot) {
  entry_.set_seal_key_id("another key");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kInvalidArgument));

  SealBy(node_.seal(), certs::kRequestType);
  EXPECT_THAT(Check(), HasReason("SEAL_INVALID"));

  SealBy(other_.seal(), certs::kCheckpointType);
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kInvalidArgument));

  entry_.set_head(other_.parts().sequencer.NewestCheckpoint());
  SealBy(node_.seal(), certs::kCheckpointType);
  EXPECT_FALSE(Check().ok());

  entry_.clear_head();
  EXPECT_THAT(Check(), HasReason("NO_HEAD"));
}

TEST_F(HeadCheckTest, AHeadOverLaterEntriesIsRefused) {
  v1::LogEntry earlier;
  earlier.set_version(1);
  earlier.set_kind(v1::ENTRY_KIND_READ);
  earlier.set_own(exchange::kKazakh);
  earlier.set_partner(exchange::kKazakh);
  earlier.set_exchange_id(NewUuidV7(states_.clock.Now(), states_.rng));
  ledger::Submission submission;
  submission.entry = earlier.SerializeAsString();
  ASSERT_OK(node_.parts().sequencer.Append(std::move(submission)));
  entry_.set_head(node_.parts().sequencer.NewestCheckpoint());
  SealBy(node_.seal(), certs::kCheckpointType);
  EXPECT_OK(Check(1));
  EXPECT_THAT(Check(0), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::evidence
