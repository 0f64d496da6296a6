#include "node/witness/witnessing_loop.h"

namespace tamga::witness {

WitnessingLoop::WitnessingLoop(Witnessing& witnessing, LogWatch& watch, absl::Duration interval)
    : witnessing_(witnessing), watch_(watch), interval_(interval), thread_([this] { Loop(); }) {}

WitnessingLoop::~WitnessingLoop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.NotifyAll();
  thread_.join();
}

bool WitnessingLoop::IsStopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

void WitnessingLoop::Loop() {
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) stop_.WaitFor(mutex_, absl::ToChronoMilliseconds(interval_));
      if (stopping_) return;
    }
    witnessing_.AskAll(absl::InfiniteFuture(), [this] { return IsStopping(); });
    watch_.LookInto();
  }
}

}  // namespace tamga::witness
