#include "node/exchange/call_lanes.h"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;

// What a test makes wait, and lets go.
class Gate {
 public:
  std::function<void()> Work() {
    return [open = open_.get_future().share()] { open.wait(); };
  }
  void Open() { open_.set_value(); }

 private:
  std::promise<void> open_;
};

// Ends in the right order: the workers before the lanes.
struct SharedWorkers {
  SharedWorkers(size_t threads, size_t max_queued, size_t at_once, size_t max_waiting) : workers(threads, max_queued) {
    lanes = std::make_unique<CallLanes>(workers, at_once, max_waiting);
  }
  absl::Status Run(const std::string& state, std::function<void()> work) { return lanes->Run(state, std::move(work)); }

  std::unique_ptr<CallLanes> lanes;
  WorkerPool workers;
};

TEST(CallLanesTest, OneStateLeavesWorkersToTheOthers) {
  Gate gate;
  std::promise<void> other_served;
  std::promise<void> last;
  SharedWorkers shared(2, 10, 1, 10);
  const std::function<void()> waits = gate.Work();
  ASSERT_OK(shared.Run("KGZ", waits));
  ASSERT_OK(shared.Run("KGZ", waits));
  ASSERT_OK(shared.Run("UZB", [&] { other_served.set_value(); }));
  other_served.get_future().wait();  // for ever, if KGZ had both workers
  gate.Open();
  ASSERT_OK(shared.Run("KGZ", [&] { last.set_value(); }));
  last.get_future().wait();
}

TEST(CallLanesTest, AStatesCallsAreServedInOrder) {
  Gate gate;
  std::vector<int> served;
  std::promise<void> last;
  SharedWorkers shared(4, 10, 1, 10);
  ASSERT_OK(shared.Run("KGZ", gate.Work()));
  for (int number = 1; number <= 5; ++number) {
    ASSERT_OK(shared.Run("KGZ", [&served, number] { served.push_back(number); }));
  }
  ASSERT_OK(shared.Run("KGZ", [&] { last.set_value(); }));
  gate.Open();
  last.get_future().wait();
  EXPECT_THAT(served, ElementsAre(1, 2, 3, 4, 5));
}

TEST(CallLanesTest, BeyondWhatMayWaitAStateIsRefusedAndNoOther) {
  Gate gate;
  std::promise<void> other_served;
  std::promise<void> waited;
  SharedWorkers shared(2, 10, 1, 1);
  ASSERT_OK(shared.Run("KGZ", gate.Work()));
  ASSERT_OK(shared.Run("KGZ", [&] { waited.set_value(); }));
  const absl::Status refused = shared.Run("KGZ", [] { FAIL() << "it was refused"; });
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(refused, HasReason("OVERLOADED"));
  EXPECT_OK(shared.Run("UZB", [&] { other_served.set_value(); }));
  other_served.get_future().wait();
  gate.Open();
  waited.get_future().wait();
}

// The worker then goes on by itself: a call that was taken is served.
TEST(CallLanesTest, WhatWaitedIsServedThoughTheWorkersQueueIsFull) {
  Gate gate;
  std::promise<void> begun;
  std::promise<void> waited;
  std::promise<void> queued;
  SharedWorkers shared(1, 1, 1, 1);
  ASSERT_OK(shared.Run("KGZ", [&begun, wait = gate.Work()] {
    begun.set_value();
    wait();
  }));
  begun.get_future().wait();
  ASSERT_OK(shared.Run("KGZ", [&] { waited.set_value(); }));
  ASSERT_OK(shared.Run("UZB", [&] { queued.set_value(); }));
  EXPECT_THAT(shared.Run("TJK", [] { FAIL() << "it was refused"; }), HasReason("OVERLOADED"));
  gate.Open();
  waited.get_future().wait();
  queued.get_future().wait();
}

}  // namespace
}  // namespace tamga::exchange
