// Takes up the requests that wait in the outbox: after a restart, and while a partner could not be reached.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "node/base/worker_pool.h"
#include "node/exchange/asking_door.h"

namespace tamga::exchange {

// Tries each partner's requests in their order; one partner's silence does not hold up another's.
class OutboxPump {
 public:
  // `parts` and `door` outlive this. Starts at once.
  OutboxPump(DoorParts& parts, AskingDoor& door);
  // Waits for attempts under way.
  ~OutboxPump();
  OutboxPump(const OutboxPump&) = delete;
  OutboxPump& operator=(const OutboxPump&) = delete;

  // Time to wait after the given number of failed attempts: doubles from 1 s up to 5 min, with jitter of ±25 % taken
  // from `random_byte`.
  static absl::Duration Backoff(int64_t attempts, uint8_t random_byte);

 private:
  void Loop();
  // One pass over the rows that `find` gives.
  void Run(const std::function<absl::StatusOr<std::vector<store::OutboxRow>>(store::Reader&)>& find);
  void TryPartner(const std::vector<store::OutboxRow>& rows);

  DoorParts& parts_;
  AskingDoor& door_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::exchange
