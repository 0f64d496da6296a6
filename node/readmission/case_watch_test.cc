// Watching cases change.
#include "node/readmission/case_watch.h"

#include <optional>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/readmission/test_agenda.h"

namespace tamga::readmission {
namespace {

using ::testing::ElementsAre;

// Takes each response as it comes, or not.
class CaseSink final : public WatchSink {
 public:
  explicit CaseSink(CaseWatches* watches = nullptr) : watches_(watches) {}

  void Send(const v1::WatchReadmissionCasesResponse& response) override {
    MutexLock lock(mutex_);
    came_.push_back(response);
    changed_.NotifyAll();
  }
  void End(const absl::Status& status) override {
    MutexLock lock(mutex_);
    end_ = status;
    changed_.NotifyAll();
  }
  void CutOff(const absl::Status& status) override { End(status); }

  // All that came, once there are as many.
  std::vector<v1::WatchReadmissionCasesResponse> Await(size_t count) {
    while (true) {
      std::vector<v1::WatchReadmissionCasesResponse> came;
      {
        MutexLock lock(mutex_);
        if (taken_ >= count) return came_;
        while (taken_ == came_.size()) changed_.Wait(mutex_);
        taken_ = came_.size();
        came = came_;
      }
      if (watches_ != nullptr) watches_->Taken(this);
      if (came.size() >= count) return came;
    }
  }
  // Cases of these, "-" for what says that all is told.
  std::vector<std::string> AwaitCases(size_t count) {
    std::vector<std::string> cases;
    const std::vector<v1::WatchReadmissionCasesResponse> came = Await(count);
    for (const auto& response : came) cases.push_back(response.has_case_() ? response.case_().case_id() : "-");
    return cases;
  }
  absl::Status AwaitEnd() {
    MutexLock lock(mutex_);
    while (!end_) changed_.Wait(mutex_);
    return *end_;
  }

 private:
  CaseWatches* watches_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<v1::WatchReadmissionCasesResponse> came_ ABSL_GUARDED_BY(mutex_);
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

class CaseWatchesTest : public AgendaTest {
 protected:
  void SetUp() override {
    AgendaTest::SetUp();
    watches_ = std::make_unique<CaseWatches>(*database_, *cases_, *sequencer_, clock_);
  }
  std::shared_ptr<CaseSink> Taker() { return std::make_shared<CaseSink>(watches_.get()); }
  // Where a watch that begins now stands.
  std::string CursorNow() {
    const auto sink = Taker();
    EXPECT_OK(watches_->Begin("clerk", "", sink));
    const std::string cursor = sink->Await(1).front().cursor();
    watches_->Leave(sink.get());
    return cursor;
  }

  std::unique_ptr<CaseWatches> watches_;
};

TEST_F(CaseWatchesTest, ChangesComeAsTheyAreSaved) {
  Add();
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", "", sink));
  EXPECT_THAT(sink->AwaitCases(1), ElementsAre("-"));
  const std::string a = Add(), b = Add();
  EXPECT_THAT(sink->AwaitCases(3), ElementsAre("-", a, b));
  EXPECT_EQ(sink->Await(3).back().case_().state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_FALSE(sink->Await(3).back().case_().has_application());
}

TEST_F(CaseWatchesTest, AWatchGoesOnFromItsCursorAndTellsACaseOnceAsItStandsInTheEnd) {
  const std::string cursor = CursorNow();
  const std::string a = Add(), b = Add();
  v1::ReadmissionFile file = File(a);
  AddRefusal(clock_.Now() + absl::Hours(1), &file);
  clock_.Advance(absl::Hours(2));
  Save(file);
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", cursor, sink));
  EXPECT_THAT(sink->AwaitCases(3), ElementsAre(b, a, "-"));
  EXPECT_EQ(sink->Await(3)[1].case_().state(), v1::READMISSION_STATE_REFUSED);
  const auto again = Taker();
  ASSERT_OK(watches_->Begin("clerk", sink->Await(3)[0].cursor(), again));
  EXPECT_THAT(again->AwaitCases(2), ElementsAre(a, "-"));
}

TEST_F(CaseWatchesTest, MoreThanAStretchIsTold) {
  const std::string cursor = CursorNow();
  for (int i = 0; i < 150; ++i) Add();
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", cursor, sink));
  EXPECT_EQ(sink->AwaitCases(151).back(), "-");
}

TEST_F(CaseWatchesTest, ARemovedCaseIsPassedOver) {
  const std::string cursor = CursorNow();
  const std::string a = Add(), b = Add();
  ASSERT_OK(sequencer_->Commit(cases_->Remove(File(b))));
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", cursor, sink));
  EXPECT_THAT(sink->AwaitCases(2), ElementsAre(a, "-"));
}

TEST_F(CaseWatchesTest, CasesThatCannotBeReadArePassedOverAndTheCursorGoesPastThem) {
  const std::string cursor = CursorNow();
  Damage(Add());
  LoseTreatyText(Add());
  const std::string a = Add(), b = Add();
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", cursor, sink));
  EXPECT_THAT(sink->AwaitCases(3), ElementsAre(a, b, "-"));
  Damage(a);
  EXPECT_THAT(sink->AwaitCases(4), ElementsAre(a, b, "-", "-"));
  EXPECT_EQ(sink->Await(4).back().cursor(), CursorNow());
}

TEST_F(CaseWatchesTest, ACursorOfAnotherDatabaseOrBeyondThisOneIsTooOld) {
  const std::string cursor = CursorNow();
  const std::string other = (cursor[0] == '0' ? "1" : "0") + cursor.substr(1);
  EXPECT_THAT(watches_->Begin("clerk", other, Taker()), HasReason("CURSOR_TOO_OLD"));
  EXPECT_THAT(watches_->Begin("clerk", cursor + "9", Taker()), HasReason("CURSOR_TOO_OLD"));
  for (const char* none : {"x", "00", "-1", "zz-1", "00-x", "00-1-2"}) {
    EXPECT_THAT(watches_->Begin("clerk", none, Taker()), HasReason("INVALID_FIELD")) << none;
  }
}

TEST_F(CaseWatchesTest, WhoDoesNotTakeHoldsUpNobodyAndLosesHisPlaceAfterLong) {
  const auto slow = std::make_shared<CaseSink>(), quick = Taker();
  ASSERT_OK(watches_->Begin("slow", "", slow));
  EXPECT_THAT(slow->AwaitCases(1), ElementsAre("-"));
  ASSERT_OK(watches_->Begin("quick", "", quick));
  const std::string a = Add(), b = Add();
  EXPECT_THAT(quick->AwaitCases(3), ElementsAre("-", a, b));
  EXPECT_THAT(slow->AwaitCases(1), ElementsAre("-"));
  clock_.Advance(kWatchPatience);
  Add();
  EXPECT_THAT(slow->AwaitEnd(), HasReason("WATCH_TOO_SLOW"));
}

TEST_F(CaseWatchesTest, ACallerHasSoManyPlacesAndLeavingFreesOne) {
  std::vector<std::shared_ptr<CaseSink>> sinks;
  for (size_t i = 0; i < kMostWatchesOfACaller; ++i) {
    ASSERT_OK(watches_->Begin("clerk", "", sinks.emplace_back(Taker())));
  }
  EXPECT_THAT(watches_->Begin("clerk", "", Taker()), HasReason("TOO_MANY_WATCHES"));
  EXPECT_OK(watches_->Begin("other", "", Taker()));
  watches_->Leave(sinks.front().get());
  EXPECT_OK(watches_->Begin("clerk", "", Taker()));
}

TEST_F(CaseWatchesTest, StoppingEndsAllAndLetsNoneBegin) {
  const auto sink = Taker();
  ASSERT_OK(watches_->Begin("clerk", "", sink));
  watches_->Stop();
  EXPECT_THAT(sink->AwaitEnd(), HasReason("SHUTTING_DOWN"));
  EXPECT_THAT(watches_->Begin("clerk", "", Taker()), HasReason("SHUTTING_DOWN"));
}

}  // namespace
}  // namespace tamga::readmission
