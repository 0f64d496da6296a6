#include "node/ministry_main/work_loop.h"

#include <chrono>
#include <utility>

namespace tamga::ministry {

WorkLoop::WorkLoop(std::function<absl::Duration()> work) : work_(std::move(work)), thread_([this] { Loop(); }) {}

WorkLoop::~WorkLoop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void WorkLoop::Loop() {
  while (Pause(work_())) {
  }
}

bool WorkLoop::Pause(absl::Duration pause) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(pause);
  MutexLock lock(mutex_);
  while (!stopping_) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds(0)) break;
    changed_.WaitFor(mutex_, std::chrono::ceil<std::chrono::milliseconds>(left));
  }
  return !stopping_;
}

}  // namespace tamga::ministry
