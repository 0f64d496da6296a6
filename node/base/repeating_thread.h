// Work that is done again and again, with a pause after each time, on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "node/base/mutex.h"

namespace tamga {

// Thread-safe. A member that its owner's work uses: let it be the last, so that the work ends before what it uses.
class RepeatingThread {
 public:
  enum class First { kAtOnce, kAfterPause };

  RepeatingThread(std::chrono::milliseconds pause, First first, std::function<void()> work);
  // Waits for work under way, and for nothing else.
  ~RepeatingThread();
  RepeatingThread(const RepeatingThread&) = delete;
  RepeatingThread& operator=(const RepeatingThread&) = delete;

  // For work that takes long: whether it is to come to its end.
  bool IsStopping() const;

 private:
  void Loop();
  // False if there is no more to do.
  bool Pause();

  const std::chrono::milliseconds pause_;
  const First first_;
  const std::function<void()> work_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga
