// Proofs that the auditor gives out, in the tree of any checkpoint that was signed.
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_auditor.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::audit {
namespace {

using ::testing::HasSubstr;

TEST_F(AuditorTest, TheCheckpointVerifiesUnderTheKeyGivenWithIt) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  const v1::GetCheckpointResponse response = auditor_.GetCheckpoint();
  ASSERT_OK_AND_ASSIGN(const ledger::NoteKey key, ledger::ParseVkey(response.vkey()));
  ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                       ledger::OpenCheckpoint(response.checkpoint(), key, certs::VerifyEd25519));
  EXPECT_EQ(checkpoint.size, 2u);
}

TEST_F(AuditorTest, EveryVisibleEntryCanBeProven) {
  for (int i = 0; i < 7; ++i) log_.Add(kKyrgyz);
  for (uint64_t index = 0; index < 7; ++index) {
    v1::ProveInclusionRequest request;
    request.set_index(index);
    ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(kyrgyz_, request));
    ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
    EXPECT_EQ(proof.index, index);
    EXPECT_OK(ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519));
  }
}

TEST_F(AuditorTest, AThirdStatesEntryIsAnsweredAsOneThatDoesNotExist) {
  log_.Add(kUzbek);
  v1::ProveInclusionRequest request;
  const absl::Status hidden = auditor_.ProveInclusion(kyrgyz_, request).status();
  EXPECT_THAT(hidden, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(hidden, HasReason("ENTRY_UNKNOWN"));
  EXPECT_OK(auditor_.ProveInclusion(uzbek_, request));
  request.set_index(1);
  EXPECT_THAT(auditor_.ProveInclusion(own_, request), HasReason("ENTRY_UNKNOWN"));
  EXPECT_THAT(auditor_.ProveInclusion(kyrgyz_, request), HasReason("ENTRY_UNKNOWN"));
}

TEST_F(AuditorTest, TheLogIsConsistentWithEachOfItsEarlierSizes) {
  std::map<uint64_t, ledger::Hash> roots;
  for (uint64_t size = 1; size <= 9; ++size) {
    log_.Add(kKyrgyz);
    ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                         ledger::OpenCheckpoint(log_.sequencer().NewestCheckpoint(), log_.key(), certs::VerifyEd25519));
    ASSERT_EQ(checkpoint.size, size);
    roots[size] = checkpoint.root;
  }
  for (uint64_t size = 1; size <= 9; ++size) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(size);
    ASSERT_OK_AND_ASSIGN(const v1::ProveConsistencyResponse response, auditor_.ProveConsistency(request));
    std::vector<ledger::Hash> proof;
    for (const std::string& bytes : response.hashes()) {
      ASSERT_OK_AND_ASSIGN(const ledger::Hash hash, ledger::Hash::FromBytes(bytes));
      proof.push_back(hash);
    }
    EXPECT_EQ(response.checkpoint(), log_.sequencer().NewestCheckpoint());
    EXPECT_OK(ledger::VerifyConsistency(size, roots[size], 9, roots[9], proof));
  }
}

TEST_F(AuditorTest, ConsistencyWithSizesThatTheLogNeverHadIsRefused) {
  log_.Add(kKyrgyz);
  for (const uint64_t size : {uint64_t{0}, uint64_t{2}, ~uint64_t{0}}) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(size);
    EXPECT_THAT(auditor_.ProveConsistency(request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("old_size: must be 1 to 1")));
  }
}

TEST_F(AuditorTest, ProofsAreGivenInTheTreeOfAnySignedCheckpoint) {
  std::map<uint64_t, ledger::Checkpoint> signed_ones;
  for (uint64_t size = 1; size <= 6; ++size) {
    log_.Add(kKyrgyz);
    ASSERT_OK_AND_ASSIGN(signed_ones[size],
                         ledger::OpenCheckpoint(log_.sequencer().NewestCheckpoint(), log_.key(), certs::VerifyEd25519));
  }
  for (uint64_t size = 1; size <= 6; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      v1::ProveInclusionRequest prove;
      prove.set_index(index);
      prove.set_tree_size(size);
      ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(kyrgyz_, prove));
      ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
      ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                           ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519));
      EXPECT_EQ(checkpoint, signed_ones[size]);
    }
    v1::ProveConsistencyRequest grow;
    grow.set_old_size(1);
    grow.set_new_size(size);
    ASSERT_OK_AND_ASSIGN(const v1::ProveConsistencyResponse response, auditor_.ProveConsistency(grow));
    ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint grown,
                         ledger::OpenCheckpoint(response.checkpoint(), log_.key(), certs::VerifyEd25519));
    EXPECT_EQ(grown, signed_ones[size]);
    std::vector<ledger::Hash> proof;
    for (const std::string& bytes : response.hashes()) proof.push_back(ledger::Hash::FromBytes(bytes).value());
    EXPECT_OK(ledger::VerifyConsistency(1, signed_ones[1].root, size, signed_ones[size].root, proof));
  }
}

TEST_F(AuditorTest, TreesOfWhichThereIsNoCheckpointAreRefusedByTheNameOfTheField) {
  for (int i = 0; i < 3; ++i) log_.Add(kKyrgyz);
  log_.RemoveCheckpoint(2);  // as if the second entry had been committed together with the third
  v1::ProveInclusionRequest prove;
  prove.set_tree_size(2);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove), HasReason("CHECKPOINT_UNKNOWN"));
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("tree_size: this log keeps no checkpoint over 2 entries; "
                                                              "ask for 3")));
  prove.set_tree_size(4);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tree_size: must be 0 to 3")));
  prove.set_tree_size(1);
  EXPECT_OK(auditor_.ProveInclusion(own_, prove));
  prove.set_index(1);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index: must be below tree_size, 1")));
  v1::ProveConsistencyRequest grow;
  grow.set_old_size(1);
  grow.set_new_size(2);
  EXPECT_THAT(auditor_.ProveConsistency(grow), HasReason("CHECKPOINT_UNKNOWN"));
  grow.set_new_size(~uint64_t{0});
  EXPECT_THAT(auditor_.ProveConsistency(grow), HasReason("INVALID_FIELD"));
  grow.set_old_size(3);
  grow.set_new_size(1);
  EXPECT_THAT(auditor_.ProveConsistency(grow),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("old_size: must be 1 to 1")));
}

}  // namespace
}  // namespace tamga::audit
