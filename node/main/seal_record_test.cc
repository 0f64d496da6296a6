#include "node/main/seal_record.h"

#include <memory>
#include <string>

#include "certs/ed25519.h"
#include "certs/purposes.h"
#include "certs/seal_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"
#include "node/ledger/checkpoint.h"

namespace tamga::node {
namespace {

using ::testing::SizeIs;

std::string KeyIdOf(const certs::Seal& seal) { return seal.chain().front().SpkiSha256(); }

class SealRecordTest : public ::testing::Test {
 protected:
  absl::Status Use(const certs::Seal& seal) {
    // Anew each time, as after a restart.
    return SealRecord(exchange::kKazakh, records_, node_.parts().sequencer, states_.clock, states_.rng).Use(seal);
  }

  exchange::TestStates states_;
  exchange::TestNode node_{states_, exchange::kKazakh};
  store::Records records_{node_.parts().database, node_.parts().vault, states_.rng};
  const certs::Seal first_ = states_.IssueSeal(exchange::kKazakh);
  const certs::Seal next_ = states_.IssueSeal(exchange::kKazakh);
};

TEST_F(SealRecordTest, AnotherKeyIsOnRecordOnceWithTheHeadThatItSealed) {
  ASSERT_OK(Use(first_));
  ASSERT_OK(Use(first_));
  EXPECT_THAT(node_.Entries(), SizeIs(0));
  const std::string head = node_.parts().sequencer.NewestCheckpoint();
  ASSERT_OK(Use(next_));
  ASSERT_OK(Use(next_));
  ASSERT_THAT(node_.Entries(), SizeIs(1));
  const v1::LogEntry entry = node_.Entries().front();
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_SEAL_CHANGED);
  EXPECT_EQ(entry.former_seal_key_id(), KeyIdOf(first_));
  EXPECT_EQ(entry.seal_key_id(), KeyIdOf(next_));
  EXPECT_EQ(entry.head(), head);
  certs::SealVerifier::Signatures signatures;
  *signatures.Add() = entry.head_seal();
  EXPECT_OK(states_.seal_verifier().Verify(signatures, certs::kCheckpointType, entry.head(), states_.clock.Now()));
}

class OtherSigner final : public certs::Signer {
 public:
  absl::StatusOr<std::string> Sign(absl::string_view, absl::string_view) const override {
    return absl::UnimplementedError("heads are not signed by it");
  }
  absl::string_view algorithm() const override { return certs::kGost256; }
  const std::string& key_id() const override { return id; }
  std::string id = std::string(32, 'a');
};

TEST_F(SealRecordTest, AChangedKeyOfAnotherAlgorithmAloneIsOnRecordToo) {
  certs::Seal seal = states_.IssueSeal(exchange::kKazakh);
  ASSERT_OK(Use(seal));
  const auto other = std::make_shared<OtherSigner>();
  ASSERT_OK(seal.AlsoSignBy(other));
  ASSERT_OK(Use(seal));
  ASSERT_OK(Use(seal));
  other->id = std::string(32, 'b');
  ASSERT_OK(Use(seal));
  ASSERT_THAT(node_.Entries(), SizeIs(2));
  for (const v1::LogEntry& entry : node_.Entries()) {
    EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_SEAL_CHANGED);
    EXPECT_EQ(entry.seal_key_id(), KeyIdOf(seal));
    EXPECT_EQ(entry.former_seal_key_id(), KeyIdOf(seal));
    EXPECT_EQ(entry.head_seal().key_id(), KeyIdOf(seal));
    ASSERT_THAT(entry.other_seal_keys(), SizeIs(1));
    EXPECT_EQ(entry.other_seal_keys(0).algorithm(), certs::kGost256);
  }
  const v1::OtherSealKey first = node_.Entries().front().other_seal_keys(0);
  EXPECT_EQ(first.former_key_id(), "");
  EXPECT_EQ(first.key_id(), std::string(32, 'a'));
  const v1::OtherSealKey last = node_.Entries().back().other_seal_keys(0);
  EXPECT_EQ(last.former_key_id(), std::string(32, 'a'));
  EXPECT_EQ(last.key_id(), std::string(32, 'b'));
}

TEST_F(SealRecordTest, AKeyMayComeBack) {
  for (const certs::Seal* seal : {&first_, &next_, &first_}) ASSERT_OK(Use(*seal));
  ASSERT_THAT(node_.Entries(), SizeIs(2));
  EXPECT_EQ(node_.Entries().back().seal_key_id(), KeyIdOf(first_));
  const auto head = ledger::OpenCheckpoint(node_.Entries().back().head(), node_.log_key(), certs::VerifyEd25519);
  ASSERT_OK(head);
  EXPECT_EQ(head->size, 1u);
}

TEST_F(SealRecordTest, WithoutARecordTheKeyIsNotUsed) {
  ASSERT_OK(Use(first_));
  node_.parts().sequencer.RefuseEntries(absl::FailedPreconditionError("rolled back"));
  EXPECT_THAT(Use(next_), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(node_.Entries(), SizeIs(0));
}

}  // namespace
}  // namespace tamga::node
