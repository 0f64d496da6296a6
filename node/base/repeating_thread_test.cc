#include "node/base/repeating_thread.h"

#include "gtest/gtest.h"

namespace tamga {
namespace {

// Counts, and can be waited for.
class Counter {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  void Await(int count) {
    MutexLock lock(mutex_);
    while (count_ < count) changed_.Wait(mutex_);
  }
  int count() {
    MutexLock lock(mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST(RepeatingThread, WorksAgainAndAgain) {
  for (const auto first : {RepeatingThread::First::kAtOnce, RepeatingThread::First::kAfterPause}) {
    Counter counter;
    const RepeatingThread thread(std::chrono::milliseconds(1), first, [&] { counter.Add(); });
    counter.Await(3);
    EXPECT_FALSE(thread.IsStopping());
  }
}

TEST(RepeatingThread, DoesNotWaitForThePauseWhenItEnds) {
  Counter counter;
  {
    const RepeatingThread thread(std::chrono::hours(1), RepeatingThread::First::kAtOnce, [&] { counter.Add(); });
    counter.Await(1);
  }
  EXPECT_EQ(counter.count(), 1);
  {
    const RepeatingThread thread(std::chrono::hours(1), RepeatingThread::First::kAfterPause, [&] { counter.Add(); });
  }
  EXPECT_EQ(counter.count(), 1);
}

TEST(RepeatingThread, TellsLongWorkToEndAndWaitsForIt) {
  Counter begun;
  Counter ended;
  {
    RepeatingThread* self = nullptr;
    Counter known;
    RepeatingThread thread(std::chrono::hours(1), RepeatingThread::First::kAtOnce, [&] {
      known.Await(1);
      begun.Add();
      while (!self->IsStopping()) std::this_thread::yield();
      ended.Add();
    });
    self = &thread;
    known.Add();
    begun.Await(1);
  }
  EXPECT_EQ(ended.count(), 1);
}

}  // namespace
}  // namespace tamga
