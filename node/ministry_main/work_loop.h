// Work that says itself when it is due again, on a thread of its own.
#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "node/base/mutex.h"

namespace tamga::ministry {

// Thread-safe. A member that its owner's work uses: let it be the last.
class WorkLoop {
 public:
  // `work` returns how long to pause. It is done at once, and again after each pause.
  explicit WorkLoop(std::function<absl::Duration()> work);
  // Waits for work under way, and for nothing else.
  ~WorkLoop();
  WorkLoop(const WorkLoop&) = delete;
  WorkLoop& operator=(const WorkLoop&) = delete;

 private:
  void Loop();
  // False if there is no more to do.
  bool Pause(absl::Duration pause);

  const std::function<absl::Duration()> work_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::ministry
