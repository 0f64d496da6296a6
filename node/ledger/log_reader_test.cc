#include "node/ledger/log_reader.h"

#include "absl/strings/str_cat.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/test_log.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogReaderTest : public TestLog {
 protected:
  LogReader reader() { return LogReader(*database_); }

  Checkpoint Open(const std::string& note) {
    return OpenCheckpoint(note, log_key_.key(), certs::VerifyEd25519).value();
  }
};

TEST_F(LogReaderTest, EntriesAreProvenUnderOldAndNewCheckpoints) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  // Around the edges of tiles: the last is within the third tile.
  for (const uint64_t size : {1, 255, 256, 257, 511, 512, 600}) {
    AppendEntries(*writer, Read()->EntryCount().value(), size);
    const std::string checkpoint = writer->checkpoint();
    for (const uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      ASSERT_OK_AND_ASSIGN(const std::string text, reader().ProveInclusion(index, checkpoint));
      const TlogProof proof = ParseTlogProof(text).value();
      EXPECT_OK(VerifyTlogProof(proof, TestEntry(index), log_key_.key(), certs::VerifyEd25519))
          << index << " of " << size;
      EXPECT_FALSE(VerifyTlogProof(proof, TestEntry(index + 1), log_key_.key(), certs::VerifyEd25519).ok());
    }
  }
  // Under checkpoints that the log has grown beyond.
  const std::vector<store::CheckpointRow> stored = Read()->CheckpointsAfter(0, 100).value();
  ASSERT_FALSE(stored.empty());
  for (const store::CheckpointRow& row : stored) {
    ASSERT_OK_AND_ASSIGN(const std::string text, reader().ProveInclusion(row.size - 1, row.note));
    EXPECT_OK(
        VerifyTlogProof(ParseTlogProof(text).value(), TestEntry(row.size - 1), log_key_.key(), certs::VerifyEd25519));
  }
}

TEST_F(LogReaderTest, AllStoredCheckpointsAreConsistent) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 600, 23);
  ASSERT_OK(writer->Settle());
  const Checkpoint newest = Open(writer->checkpoint());
  const std::vector<store::CheckpointRow> stored = Read()->CheckpointsAfter(0, 100).value();
  ASSERT_GT(stored.size(), 20u);
  for (const store::CheckpointRow& row : stored) {
    const Checkpoint old = Open(row.note);
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof, reader().ProveConsistency(old.size, newest.size));
    EXPECT_OK(VerifyConsistency(old.size, old.root, newest.size, newest.root, proof)) << old.size;
  }
  EXPECT_THAT(reader().ProveConsistency(600, 600).value(), IsEmpty());
}

TEST_F(LogReaderTest, GrowthIsProvenUnlessWhatIsStoredContradictsTheCheckpoint) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 600);
  ASSERT_OK(writer->Settle());
  const Checkpoint newest = Open(writer->checkpoint());
  ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof, reader().ProveGrowth(100, newest));
  EXPECT_EQ(proof, reader().ProveConsistency(100, 600).value());
  EXPECT_THAT(reader().ProveGrowth(600, newest).value(), IsEmpty());
  // The last hash of the first tile.
  Tamper("UPDATE tile SET data = substr(data, 1, 8160) || zeroblob(32) WHERE level = 0 AND n = 0");
  EXPECT_THAT(reader().ProveGrowth(100, newest), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("verify the log")));
}

TEST_F(LogReaderTest, WhatIsNotInTheLogIsNotProven) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 10);
  const std::string beyond =
      SignNote(FormatCheckpoint({log_key_.key().name, 11, EmptyRoot()}), log_key_.key(), log_key_.signer());
  EXPECT_THAT(reader().ProveInclusion(10, writer->checkpoint()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader().ProveInclusion(3, beyond),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10 entries")));
  EXPECT_THAT(reader().ProveInclusion(3, "no note"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader().ProveConsistency(0, 10), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader().ProveConsistency(5, 11), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader().ProveConsistency(7, 5), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(LogReaderTest, ADamagedTreeGivesOutNoProof) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 300);
  Tamper("UPDATE tile SET data = zeroblob(8192) WHERE level = 0 AND n = 0");
  EXPECT_THAT(reader().ProveInclusion(3, writer->checkpoint()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("verify the log")));
  Tamper("UPDATE tile SET data = x'00' WHERE level = 0 AND n = 0");
  EXPECT_THAT(reader().ProveInclusion(3, writer->checkpoint()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 0 of level 0")));
  Tamper("DELETE FROM tile");
  EXPECT_THAT(reader().ProveInclusion(3, writer->checkpoint()), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(LogReaderTest, AMissingEntryIsNamed) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 300);
  Tamper("DELETE FROM entry WHERE idx = 280");
  EXPECT_THAT(reader().ProveInclusion(290, writer->checkpoint()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("280")));
}

}  // namespace
}  // namespace tamga::ledger
