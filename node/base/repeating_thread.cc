#include "node/base/repeating_thread.h"

#include <utility>

namespace tamga {

RepeatingThread::RepeatingThread(std::chrono::milliseconds pause, First first, std::function<void()> work)
    : pause_(pause), first_(first), work_(std::move(work)), thread_([this] { Loop(); }) {}

RepeatingThread::~RepeatingThread() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

bool RepeatingThread::IsStopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

void RepeatingThread::Loop() {
  if (first_ == First::kAfterPause && !Pause()) return;
  do {
    work_();
  } while (Pause());
}

bool RepeatingThread::Pause() {
  MutexLock lock(mutex_);
  if (!stopping_) changed_.WaitFor(mutex_, pause_);
  return !stopping_;
}

}  // namespace tamga
