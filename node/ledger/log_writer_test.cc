#include "node/ledger/log_writer.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_row.h"
#include "node/ledger/test_log.h"
#include "node/store/records.h"
#include "node/store/test_fault_vfs.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogWriterTest : public TestLog {
 protected:
  uint64_t SizeOf(const std::string& note) {
    return OpenCheckpoint(note, log_key_.key(), certs::VerifyEd25519).value().size;
  }
  store::Effects PutRecord(absl::string_view id, int64_t expected_version) {
    return store::Records(*database_, *vault_, rng_).Put("case", id, expected_version, "body", store::kTestNow);
  }
};

TEST_F(LogWriterTest, AnEmptyLogSignsTheEmptyTree) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint,
                       OpenCheckpoint(writer->checkpoint(), log_key_.key(), certs::VerifyEd25519));
  EXPECT_EQ(checkpoint, (Checkpoint{log_key_.key().name, 0, EmptyRoot()}));
}

TEST_F(LogWriterTest, ABatchKeepsItsOrderAndHasOneCheckpoint) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  std::vector<CheckedSubmission> batch;
  for (uint64_t n = 0; n < 5; ++n) batch.push_back(Checked({}, TestEntry(n)));
  const auto results = writer->Write(batch);
  for (uint64_t n = 0; n < 5; ++n) {
    ASSERT_OK(results[n]);
    EXPECT_EQ(results[n]->index, n);
    EXPECT_EQ(results[n]->tree_size, 5u);
    EXPECT_EQ(results[n]->checkpoint, writer->checkpoint());
    EXPECT_EQ(Read()->EntryAt(n).value().body, TestEntry(n));
  }
  EXPECT_EQ(SizeOf(writer->checkpoint()), 5u);
}

TEST_F(LogWriterTest, ARefusedWriteFailsItsSubmissionAlone) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  std::vector<CheckedSubmission> batch;
  batch.push_back(Checked(PutRecord("a", 0), TestEntry(0)));
  batch.push_back(Checked(PutRecord("b", 5), TestEntry(1)));
  batch.push_back(Checked(PutRecord("c", 0), TestEntry(2)));
  const std::string refused_blob = batch[1].effects.blobs[0].id;
  const std::string context = batch[1].effects.blobs[0].context;
  const auto results = writer->Write(batch);
  EXPECT_EQ(results[0]->index, 0u);
  EXPECT_THAT(results[1], HasReason("VERSION_CONFLICT"));
  EXPECT_EQ(results[2]->index, 1u);
  EXPECT_EQ(Read()->EntryAt(1).value().body, TestEntry(2));
  EXPECT_THAT(Read()->GetRecord("case", "b"), StatusIs(absl::StatusCode::kNotFound));
  // Its body does not stay in the vault.
  EXPECT_OK(vault_->Get(refused_blob, context));
  ASSERT_OK(writer->Settle());
  EXPECT_THAT(vault_->Get(refused_blob, context), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(Verify()->intact());
}

TEST_F(LogWriterTest, ARefusedSubmissionMayComeAgainWithTheSameBlobs) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  const store::Effects effects = PutRecord("a", 0);
  const store::Write refuse = [](store::Transaction&) { return absl::AbortedError("not now"); };
  store::Effects refused = effects;
  refused.writes.push_back(refuse);
  EXPECT_THAT(writer->Write({Checked(refused, std::nullopt)})[0], StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(writer->Write({Checked(refused, std::nullopt)})[0], StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(writer->Write({Checked(effects, std::nullopt)})[0]);
  ASSERT_OK(writer->Settle());
  EXPECT_EQ(store::Records(*database_, *vault_, rng_).Get("case", "a").value().body, "body");
  EXPECT_THAT(Read()->DiscardedBlobs(10).value(), IsEmpty());
}

TEST_F(LogWriterTest, ASubmissionThatComesTwiceDoesNotLoseItsBlobs) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  const store::Effects effects = PutRecord("a", 0);
  ASSERT_OK(writer->Write({Checked(effects, std::nullopt)})[0]);
  EXPECT_THAT(writer->Write({Checked(effects, std::nullopt)})[0], HasReason("VERSION_CONFLICT"));
  ASSERT_OK(writer->Settle());
  EXPECT_EQ(store::Records(*database_, *vault_, rng_).Get("case", "a").value().body, "body");
}

TEST_F(LogWriterTest, AReplacedBodyIsErasedWithTheNextCommit) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  const store::Effects first = PutRecord("a", 0);
  ASSERT_OK(writer->Write({Checked(first, std::nullopt)})[0]);
  ASSERT_OK(writer->Write({Checked(PutRecord("a", 1), std::nullopt)})[0]);
  EXPECT_OK(vault_->Get(first.blobs[0].id, first.blobs[0].context));
  ASSERT_OK(writer->Write({Checked({}, TestEntry(0))})[0]);
  EXPECT_THAT(vault_->Get(first.blobs[0].id, first.blobs[0].context), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read()->DiscardedBlobs(10).value(), IsEmpty());
}

TEST_F(LogWriterTest, WithoutAnEntryTheCheckpointStays) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  ASSERT_OK(writer->Write({Checked({}, TestEntry(0))})[0]);
  const std::string checkpoint = writer->checkpoint();
  const auto results = writer->Write({Checked(PutRecord("a", 0), std::nullopt)});
  EXPECT_EQ(results[0]->tree_size, 1u);
  EXPECT_EQ(results[0]->checkpoint, checkpoint);
  EXPECT_EQ(writer->checkpoint(), checkpoint);
}

TEST_F(LogWriterTest, ACheckpointIsStoredWithTheNextBatchOrBySettling) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 3, 3);
  EXPECT_EQ(Read()->NewestCheckpoint().value()->size, 0u);
  AppendEntries(*writer, 3, 5, 2);
  EXPECT_EQ(Read()->NewestCheckpoint().value()->size, 3u);
  ASSERT_OK(writer->Settle());
  EXPECT_EQ(Read()->NewestCheckpoint().value()->size, 5u);
  EXPECT_EQ(Read()->NewestCheckpoint().value()->note, writer->checkpoint());
}

TEST_F(LogWriterTest, TheLogGoesOnAfterReopening) {
  for (const uint64_t end : {1, 256, 300, 513}) {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, Read()->EntryCount().value(), end);
    ASSERT_OK(writer->Settle());
    const std::string checkpoint = writer->checkpoint();
    Reopen();
    ASSERT_OK_AND_ASSIGN(const auto again, OpenWriter());
    EXPECT_EQ(again->checkpoint(), checkpoint);
  }
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, Verify());
  EXPECT_TRUE(verdict.intact());
  EXPECT_EQ(verdict.entries, 513u);
}

TEST_F(LogWriterTest, ALogWhoseLeavesChangedIsNotOpened) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, 0, 10);
    ASSERT_OK(writer->Settle());
  }
  Tamper("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 7");
  EXPECT_THAT(OpenWriter(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("size 10")));
}

TEST_F(LogWriterTest, ALogThatLostEntriesIsNotOpened) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, 0, 10);
    ASSERT_OK(writer->Settle());
  }
  Tamper("DELETE FROM entry WHERE idx = 9");
  EXPECT_THAT(OpenWriter(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("backup")));
}

TEST_F(LogWriterTest, ALogWithARowBelowZeroIsNotOpened) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, 0, 10);
    ASSERT_OK(writer->Settle());
  }
  Tamper("INSERT INTO entry SELECT -3, xid, facet, t, asker, case_file, leaf, body, mac FROM entry WHERE idx = 7");
  EXPECT_THAT(OpenWriter(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("index -3")));
}

TEST_F(LogWriterTest, EntriesBeyondTheCheckpointAreSignedOnlyIfTheNodeWroteThem) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, 0, 10, 5);  // leaves 5 without a stored checkpoint, as a crash would
  }
  ASSERT_EQ(Read()->NewestCheckpoint().value()->size, 5u);
  const std::string body = TestEntry(99);
  Tamper(absl::StrCat("UPDATE entry SET body = x'", HexEncode(body), "', leaf = x'", HexEncode(LeafHash(body).bytes()),
                      "' WHERE idx = 7"));
  EXPECT_THAT(OpenWriter(), HasReason("ROW_ALTERED"));
}

TEST_F(LogWriterTest, AnEntryAddedByHandIsNotSigned) {
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, 0, 10);
    ASSERT_OK(writer->Settle());
  }
  Tamper("INSERT INTO entry SELECT 10, xid, facet, t, asker, case_file, leaf, body, mac FROM entry WHERE idx = 9");
  EXPECT_THAT(OpenWriter(), HasReason("ROW_ALTERED"));
}

TEST_F(LogWriterTest, AnotherOriginIsNotThisLog) {
  ASSERT_OK(OpenWriter());
  const TestLogKey other("log.test.example/other");
  EXPECT_THAT(LogWriter::Open(*database_, *vault_, other.key(), other.signer()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("log.origin")));
}

TEST_F(LogWriterTest, ALockedDatabaseFailsTheBatchAndLeavesTheTree) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, 0, 3);
  const std::string checkpoint = writer->checkpoint();
  ASSERT_OK_AND_ASSIGN(const auto other,
                       store::Database::Open(folder_.path() + "/exchange.db", store::Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("BEGIN IMMEDIATE"));
  for (const auto& result : writer->Write({Checked({}, TestEntry(3)), Checked({}, TestEntry(4))})) {
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_EQ(writer->checkpoint(), checkpoint);
  ASSERT_OK(other->Execute("ROLLBACK"));
  EXPECT_EQ(writer->Write({Checked({}, TestEntry(3))})[0]->index, 3u);
  ASSERT_OK(writer->Settle());
  EXPECT_TRUE(Verify()->intact());
}

struct DiskFault {
  const char* name;
  int sqlite_code;
  absl::StatusCode status_code;
};

class LogWriterDiskFaultTest : public TestLog, public ::testing::WithParamInterface<DiskFault> {
 protected:
  void TearDown() override {
    vault_.reset();
    database_.reset();
  }
  store::FaultVfs faults_;
};

TEST_P(LogWriterDiskFaultTest, FailsTheBatchAndLeavesTheTree) {
  ASSERT_OK_AND_ASSIGN(auto writer, OpenWriter());
  AppendEntries(*writer, 0, 255);
  const std::string checkpoint = writer->checkpoint();
  store::FaultVfs::write_result = GetParam().sqlite_code;
  for (int i = 0; i < 2; ++i) {
    for (const auto& result : writer->Write({Checked({}, TestEntry(255)), Checked({}, TestEntry(256))})) {
      EXPECT_THAT(result, StatusIs(GetParam().status_code));
    }
  }
  EXPECT_EQ(writer->checkpoint(), checkpoint);
  store::FaultVfs::write_result = SQLITE_OK;
  AppendEntries(*writer, 255, 300);
  ASSERT_OK(writer->Settle());
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, Verify());
  EXPECT_TRUE(verdict.intact());
  EXPECT_EQ(verdict.checkpoint_size, 300u);
}

INSTANTIATE_TEST_SUITE_P(
    All, LogWriterDiskFaultTest,
    ::testing::Values(DiskFault{"DiskFull", SQLITE_FULL, absl::StatusCode::kResourceExhausted},
                      DiskFault{"ReadOnly", SQLITE_READONLY, absl::StatusCode::kFailedPrecondition},
                      DiskFault{"InputOutput", SQLITE_IOERR_WRITE, absl::StatusCode::kUnavailable}),
    [](const auto& param) { return param.param.name; });

TEST(CheckSubmissionTest, EntriesThatCannotBeFoundAgainAreRefused) {
  const auto check = [](const std::function<void(v1::LogEntry&)>& change) {
    v1::LogEntry entry;
    EXPECT_TRUE(entry.ParseFromString(TestEntry(0)));
    change(entry);
    return CheckSubmission({{}, entry.SerializeAsString()}).status();
  };
  EXPECT_OK(check([](v1::LogEntry&) {}));
  EXPECT_THAT(check([](v1::LogEntry& entry) { entry.set_version(2); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(check([](v1::LogEntry& entry) { entry.clear_kind(); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(check([](v1::LogEntry& entry) { entry.set_exchange_id("short"); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(check([](v1::LogEntry& entry) { entry.set_partner("nobody"); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(check([](v1::LogEntry& entry) { entry.set_reason(std::string(kMaxEntryBytes, 'x')); }),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckSubmission({{}, "\xff no message"}), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckSubmission({{{{"short id", "", ""}}, {}}, std::nullopt}), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::ledger
