#include "node/audit/tails.h"

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::audit {
namespace {

using exchange::kKyrgyz;
using exchange::kUzbek;
using testing::ElementsAre;

// Takes each entry as it comes, or not.
class TestSink final : public TailSink {
 public:
  explicit TestSink(Tails* tails = nullptr) : tails_(tails) {}

  void Send(const v1::IndexedEntry& entry) override {
    MutexLock lock(mutex_);
    indices_.push_back(entry.position().index());
    changed_.NotifyAll();
  }
  void End(const absl::Status& status) override {
    MutexLock lock(mutex_);
    end_ = status;
    changed_.NotifyAll();
  }

  void CutOff(const absl::Status& status) override { End(status); }

  // All that came, once there are as many.
  std::vector<uint64_t> Await(size_t count) {
    while (true) {
      {
        MutexLock lock(mutex_);
        while (taken_ == indices_.size()) changed_.Wait(mutex_);
        taken_ = indices_.size();
        if (taken_ >= count) return indices_;
      }
      if (tails_ != nullptr) tails_->Taken(this);
    }
  }
  absl::Status AwaitEnd() {
    MutexLock lock(mutex_);
    while (!end_) changed_.Wait(mutex_);
    return *end_;
  }

 private:
  Tails* tails_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> indices_ ABSL_GUARDED_BY(mutex_);
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

class TailsTest : public testing::Test {
 protected:
  store::EntryFilter FilterFor(const certs::Principal& caller, const v1::TailEntriesRequest& request = {}) {
    return tails_.Check(caller, request).value();
  }

  TestLog log_;
  ManualClock clock_{log_.last()};
  Tails tails_{log_.audited(), clock_};
  const certs::Principal own_ = AuditorOf("KAZ/prosecutor-general");
  const certs::Principal kyrgyz_ = AuditorOf("KGZ/prosecutor-general");
};

TEST_F(TailsTest, EntriesComeAsTheyAreLogged) {
  log_.Add(kKyrgyz);
  const auto sink = std::make_shared<TestSink>(&tails_);
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, sink));
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  EXPECT_THAT(sink->Await(2), ElementsAre(1, 2));
}

TEST_F(TailsTest, ATailBeginsAtAnIndexAndGoesOn) {
  for (int i = 0; i < 200; ++i) log_.Add(i % 100 == 0 ? kUzbek : kKyrgyz);
  v1::TailEntriesRequest request;
  request.mutable_filter()->set_partner(kUzbek);
  const auto sink = std::make_shared<TestSink>(&tails_);
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_, request), 0, sink));
  EXPECT_THAT(sink->Await(2), ElementsAre(0, 100));
  tails_.Taken(sink.get());
  log_.Add(kUzbek);
  EXPECT_THAT(sink->Await(3), ElementsAre(0, 100, 200));
}

TEST_F(TailsTest, AForeignAuditorIsSentWhatHeMaySee) {
  log_.Add(kUzbek);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_WITHHELD);
  log_.Add(kKyrgyz);
  const auto sink = std::make_shared<TestSink>(&tails_);
  ASSERT_OK(tails_.Begin(kyrgyz_.agency, FilterFor(kyrgyz_), 0, sink));
  EXPECT_THAT(sink->Await(1), ElementsAre(2));
}

TEST_F(TailsTest, WhoDoesNotTakeGetsNoMoreAndHoldsUpNobody) {
  const auto slow = std::make_shared<TestSink>(), quick = std::make_shared<TestSink>(&tails_);
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, slow));
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, quick));
  for (int i = 0; i < 5; ++i) log_.Add(kKyrgyz);
  EXPECT_THAT(quick->Await(5), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(slow->Await(1), ElementsAre(0));
}

TEST_F(TailsTest, WhoTakesNothingForLongLosesHisPlace) {
  const auto slow = std::make_shared<TestSink>(), quick = std::make_shared<TestSink>(&tails_);
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, slow));
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, quick));
  log_.Add(kKyrgyz);
  EXPECT_THAT(quick->Await(1), ElementsAre(0));
  EXPECT_THAT(slow->Await(1), ElementsAre(0));
  tails_.Taken(quick.get());
  clock_.Advance(kTailPatience);
  log_.Add(kKyrgyz);
  EXPECT_THAT(slow->AwaitEnd(), HasReason("TAIL_TOO_SLOW"));
  EXPECT_THAT(quick->Await(2), ElementsAre(0, 1));
}

TEST_F(TailsTest, TailsAreFew) {
  std::vector<std::shared_ptr<TestSink>> sinks;
  const auto begin = [&](const std::string& agency) {
    sinks.push_back(std::make_shared<TestSink>());
    return tails_.Begin(agency, FilterFor(own_), std::nullopt, sinks.back());
  };
  for (size_t i = 0; i < kMostTailsOfAnAgency; ++i) ASSERT_OK(begin(own_.agency));
  EXPECT_THAT(begin(own_.agency), HasReason("TOO_MANY_TAILS"));
  tails_.Leave(sinks.front().get());
  EXPECT_OK(begin(own_.agency));
  for (size_t i = kMostTailsOfAnAgency; i < kMostTails; ++i) ASSERT_OK(begin(absl::StrCat("KAZ/agency-", i)));
  EXPECT_THAT(begin("KAZ/one-more"), HasReason("TOO_MANY_TAILS"));
}

TEST_F(TailsTest, OtherStatesLeaveTheOwnStatePlaces) {
  std::vector<std::shared_ptr<TestSink>> sinks;
  const auto begin = [&](const std::string& agency) {
    sinks.push_back(std::make_shared<TestSink>());
    return tails_.Begin(agency, FilterFor(kyrgyz_), std::nullopt, sinks.back());
  };
  for (size_t i = 0; i < kMostForeignTails; ++i)
    ASSERT_OK(begin(absl::StrCat("KGZ/agency-", i / kMostTailsOfAnAgency)));
  EXPECT_THAT(begin("UZB/one-more"), HasReason("TOO_MANY_TAILS"));
  for (size_t i = kMostForeignTails; i < kMostTails; ++i) EXPECT_OK(begin(own_.agency));
}

TEST_F(TailsTest, StoppingEndsThemAll) {
  const auto sink = std::make_shared<TestSink>();
  ASSERT_OK(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, sink));
  tails_.Stop();
  EXPECT_THAT(sink->AwaitEnd(), HasReason("SHUTTING_DOWN"));
  EXPECT_THAT(tails_.Begin(own_.agency, FilterFor(own_), std::nullopt, sink), HasReason("SHUTTING_DOWN"));
}

TEST_F(TailsTest, ATailHasNoPeriodAndNoPages) {
  v1::TailEntriesRequest request;
  request.mutable_filter()->set_page_size(7);
  EXPECT_THAT(tails_.Check(own_, request), HasReason("INVALID_FIELD"));
  request.mutable_filter()->clear_page_size();
  request.mutable_filter()->mutable_since()->set_seconds(7);
  EXPECT_THAT(tails_.Check(own_, request), HasReason("INVALID_FIELD"));
  request.mutable_filter()->clear_since();
  request.mutable_filter()->set_seal_key_id(std::string(64, 'a'));
  EXPECT_THAT(tails_.Check(own_, request), HasReason("INVALID_FIELD"));
  request.mutable_filter()->clear_seal_key_id();
  request.mutable_filter()->set_partner("Kyrgyzstan");
  EXPECT_THAT(tails_.Check(own_, request), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::audit
