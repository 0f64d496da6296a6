#include "node/domain/ask_partners.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/mutex.h"

namespace tamga::domain {
namespace {

// Closed until it is opened.
class Gate {
 public:
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Pass() {
    MutexLock lock(mutex_);
    while (!open_) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

class FunctionDoor final : public exchange::Asking {
 public:
  explicit FunctionDoor(std::function<exchange::AskResult(const exchange::Outgoing&)> ask) : ask_(std::move(ask)) {}
  exchange::AskResult Ask(const exchange::Outgoing& question) override { return ask_(question); }

 private:
  const std::function<exchange::AskResult(const exchange::Outgoing&)> ask_;
};

exchange::AskResult Echo(const exchange::Outgoing& question) {
  exchange::AskResult result;
  result.result = question.to;
  return result;
}

std::vector<exchange::Outgoing> QuestionsTo(const std::vector<std::string>& partners) {
  std::vector<exchange::Outgoing> questions;
  for (const std::string& partner : partners) {
    exchange::Outgoing question;
    question.to = partner;
    questions.push_back(question);
  }
  return questions;
}

TEST(AskPartnersTest, ResultsAreInTheOrderOfTheQuestions) {
  FunctionDoor door(Echo);
  ManualClock clock(absl::UnixEpoch());
  WorkerPool pool(3, 8);
  const auto results = AskPartners(pool, door, clock, QuestionsTo({"a", "b", "c", "d"}), absl::InfiniteFuture());
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0]->result, "a");
  EXPECT_EQ(results[1]->result, "b");
  EXPECT_EQ(results[2]->result, "c");
  EXPECT_EQ(results[3]->result, "d");
}

TEST(AskPartnersTest, NoQuestionsNeedNoTime) {
  FunctionDoor door(Echo);
  ManualClock clock(absl::UnixEpoch());
  WorkerPool pool(1, 1);
  EXPECT_TRUE(AskPartners(pool, door, clock, {}, absl::InfiniteFuture()).empty());
}

TEST(AskPartnersTest, PartnersAreAskedAtTheSameTime) {
  // Each waits until the other has been asked.
  Gate first_asked;
  Gate second_asked;
  FunctionDoor door([&](const exchange::Outgoing& question) {
    (question.to == "first" ? first_asked : second_asked).Open();
    (question.to == "first" ? second_asked : first_asked).Pass();
    return Echo(question);
  });
  ManualClock clock(absl::UnixEpoch());
  WorkerPool pool(2, 8);
  const auto results = AskPartners(pool, door, clock, QuestionsTo({"first", "second"}), absl::InfiniteFuture());
  EXPECT_TRUE(results[0].has_value());
  EXPECT_TRUE(results[1].has_value());
}

TEST(AskPartnersTest, PartnerThatDoesNotAnswerInTimeIsAbsentAndItsLateAnswerLost) {
  Gate too_late;
  ManualClock clock(absl::UnixEpoch());
  const absl::Time deadline = clock.Now() + absl::Seconds(1);
  Gate quick_answered;
  FunctionDoor door([&](const exchange::Outgoing& question) {
    if (question.to == "quick") {
      quick_answered.Open();
      return Echo(question);
    }
    quick_answered.Pass();
    clock.Set(deadline);
    too_late.Pass();
    return Echo(question);
  });
  std::vector<std::optional<exchange::AskResult>> results;
  {
    WorkerPool pool(1, 8);  // the quick one is done before the slow one is asked
    results = AskPartners(pool, door, clock, QuestionsTo({"quick", "slow"}), deadline);
    too_late.Open();
  }
  EXPECT_TRUE(results[0].has_value());
  EXPECT_FALSE(results[1].has_value());
}

TEST(AskPartnersTest, QuestionsStillWaitingAtTheDeadlineAreNotAsked) {
  Gate release;
  ManualClock clock(absl::UnixEpoch());
  int asked = 0;
  FunctionDoor door([&](const exchange::Outgoing& question) {
    ++asked;
    return Echo(question);
  });
  {
    WorkerPool pool(1, 8);
    ASSERT_OK(pool.Run([&release] { release.Pass(); }));  // keeps the only thread busy
    const auto results = AskPartners(pool, door, clock, QuestionsTo({"a", "b"}), clock.Now());
    EXPECT_FALSE(results[0].has_value());
    EXPECT_FALSE(results[1].has_value());
    release.Open();
  }
  EXPECT_EQ(asked, 0);
}

TEST(AskPartnersTest, FullPoolIsAResult) {
  FunctionDoor door(Echo);
  ManualClock clock(absl::UnixEpoch());
  WorkerPool pool(1, 0);  // takes nothing
  const auto results = AskPartners(pool, door, clock, QuestionsTo({"a"}), absl::InfiniteFuture());
  ASSERT_TRUE(results[0].has_value());
  EXPECT_THAT(results[0]->status, HasReason("OVERLOADED"));
}

}  // namespace
}  // namespace tamga::domain
