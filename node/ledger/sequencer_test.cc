#include "node/ledger/sequencer.h"

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "node/ledger/checkpoint.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/test_log.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kThreads = 8;
constexpr uint64_t kAppendsEach = 200;
constexpr uint64_t kAppends = kThreads * kAppendsEach;

class SequencerTest : public TestLog {
 protected:
  absl::Status VerifyProof(absl::string_view text, const std::string& entry) {
    ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(text));
    return VerifyTlogProof(proof, entry, log_key_.key(), certs::VerifyEd25519).status();
  }

  // A write that waits until `release`, and says when it has begun.
  static store::Effects BlockingWrite(std::promise<void>& begun, std::shared_future<void> release) {
    store::Effects effects;
    effects.writes.push_back([&begun, release = std::move(release)](store::Transaction&) {
      begun.set_value();
      release.wait();
      return absl::OkStatus();
    });
    return effects;
  }
};

TEST_F(SequencerTest, ManyThreadsGetDistinctPlacesAndProofsThatHold) {
  ASSERT_OK_AND_ASSIGN(auto sequencer, StartSequencer());
  LogReader reader(*database_);
  std::vector<Appended> appended(kAppends);
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t i = 0; i < kAppendsEach; ++i) {
        const uint64_t n = thread * kAppendsEach + i;
        ASSERT_OK_AND_ASSIGN(appended[n], sequencer->Append({{}, TestEntry(n)}));
        // While others are appending, under the checkpoint that came back.
        ASSERT_OK_AND_ASSIGN(const std::string proof, reader.ProveInclusion(appended[n].index, appended[n].checkpoint));
        ASSERT_OK(VerifyProof(proof, TestEntry(n)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<uint64_t> indices;
  const std::string newest = sequencer->NewestCheckpoint();
  for (uint64_t n = 0; n < kAppends; ++n) {
    indices.insert(appended[n].index);
    EXPECT_LT(appended[n].index, appended[n].tree_size);
    ASSERT_OK_AND_ASSIGN(const std::string proof, reader.ProveInclusion(appended[n].index, newest));
    EXPECT_OK(VerifyProof(proof, TestEntry(n)));
  }
  EXPECT_EQ(indices.size(), kAppends);
  EXPECT_EQ(*indices.rbegin(), kAppends - 1);

  sequencer.reset();
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, Verify());
  EXPECT_TRUE(verdict.intact());
  EXPECT_EQ(verdict.checkpoint_size, kAppends);
}

TEST_F(SequencerTest, WhatWasAcknowledgedIsThereAfterACrash) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, StartSequencer());
  const store::TestFolder copy;
  for (uint64_t n = 0; n < 20; ++n) ASSERT_OK(sequencer->Append({{}, TestEntry(n)}));
  store::CopyAsAfterCrash(folder_.path(), copy.path());

  ASSERT_OK_AND_ASSIGN(const auto database,
                       store::ExchangeDb::Open(copy.path(), std::string(32, 'k'), std::string(32, 'b')));
  ASSERT_OK_AND_ASSIGN(const auto vault, store::Vault::Open(copy.path(), std::string(32, 'k'), rng_));
  ASSERT_OK_AND_ASSIGN(const auto again, Sequencer::Start(*database, *vault, log_key_.key(), log_key_.signer()));
  EXPECT_EQ(again->NewestCheckpoint(), sequencer->NewestCheckpoint());
  ASSERT_OK_AND_ASSIGN(const Appended appended, again->Append({{}, TestEntry(20)}));
  EXPECT_EQ(appended.index, 20u);
}

TEST_F(SequencerTest, CommitStoresEffectsWithoutAnEntry) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, StartSequencer());
  store::Effects effects;
  effects.blobs.push_back({store::TestId("blob"), "context", "body"});
  effects.writes.push_back([](store::Transaction& transaction) {
    return transaction.PutRecord("kind", "id", 0, store::TestId("blob"), store::kTestNow);
  });
  ASSERT_OK(sequencer->Commit(effects));
  EXPECT_THAT(sequencer->Commit(effects), HasReason("VERSION_CONFLICT"));
  EXPECT_EQ(Read()->GetRecord("kind", "id").value().version, 1);
  EXPECT_EQ(Read()->EntryCount().value(), 0u);
}

TEST_F(SequencerTest, ABadEntryIsRefusedBeforeItQueues) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, StartSequencer());
  EXPECT_THAT(sequencer->Append({{}, std::string(5000, 'x')}), HasReason("INVALID_FIELD"));
}

TEST_F(SequencerTest, AFullQueueRefusesMore) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, Sequencer::Start(*database_, *vault_, log_key_.key(), log_key_.signer(),
                                                              /*max_queued=*/1));
  std::promise<void> begun;
  std::promise<void> release;
  std::thread blocker([&] { EXPECT_OK(sequencer->Commit(BlockingWrite(begun, release.get_future().share()))); });
  begun.get_future().wait();
  // Of two more one finds the queue empty and waits, the other is refused and lets the first go on.
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (uint64_t n = 0; n < 2; ++n) {
    threads.emplace_back([&, n] {
      const absl::Status status = sequencer->Append({{}, TestEntry(n)}).status();
      if (status.ok()) return;
      EXPECT_THAT(status, HasReason("OVERLOADED"));
      ++refused;
      release.set_value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  blocker.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(Read()->EntryCount().value(), 1u);
}

TEST_F(SequencerTest, CallsThatQueuedUpShareABatch) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, Sequencer::Start(*database_, *vault_, log_key_.key(), log_key_.signer(),
                                                              /*max_queued=*/2));
  std::promise<void> begun;
  std::promise<void> release;
  std::thread blocker([&] { EXPECT_OK(sequencer->Commit(BlockingWrite(begun, release.get_future().share()))); });
  begun.get_future().wait();
  // Two wait; the third is refused, which shows that both are in the queue.
  std::vector<absl::StatusOr<Appended>> results(3, Appended{});
  std::vector<std::thread> threads;
  for (uint64_t n = 0; n < 3; ++n) {
    threads.emplace_back([&, n] {
      results[n] = sequencer->Append({{}, TestEntry(n)});
      if (!results[n].ok()) release.set_value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  blocker.join();
  for (const auto& result : results) {
    if (!result.ok()) continue;
    EXPECT_EQ(result->tree_size, 2u);
  }
}

TEST_F(SequencerTest, EntriesCanBeRefusedWhileTheRestGoesOn) {
  ASSERT_OK_AND_ASSIGN(const auto sequencer, StartSequencer());
  ASSERT_OK(sequencer->Append({{}, TestEntry(0)}));
  sequencer->RefuseEntries(Error(absl::StatusCode::kUnavailable, "LOG_ROLLED_BACK", "restore it"));
  EXPECT_THAT(sequencer->Append({{}, TestEntry(1)}), HasReason("LOG_ROLLED_BACK"));
  EXPECT_OK(sequencer->Commit({}));
  EXPECT_EQ(Read()->EntryCount().value(), 1u);
}

TEST_F(SequencerTest, StoppingStoresTheNewestCheckpoint) {
  ASSERT_OK_AND_ASSIGN(auto sequencer, StartSequencer());
  ASSERT_OK(sequencer->Append({{}, TestEntry(0)}));
  const std::string newest = sequencer->NewestCheckpoint();
  sequencer.reset();
  EXPECT_EQ(Read()->NewestCheckpoint().value()->note, newest);
}

}  // namespace
}  // namespace tamga::ledger
