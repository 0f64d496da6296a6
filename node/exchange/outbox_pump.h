// Takes up the requests that wait in the outbox: after a restart, and while a partner could not be reached.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "node/exchange/asking_door.h"

namespace tamga::exchange {

// Tries each partner's requests in their order, on a thread of the partner's own, so that one partner's silence does
// not hold up another's requests.
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
  void Serve(const std::string& partner);
  // Tries the partner's requests that are due by `due_by`. Gives the time until which the partner is left alone.
  absl::Time TryRequests(const std::string& partner, absl::Time due_by);
  // Records a failed attempt. Gives the time of the next.
  absl::Time PutOff(const store::OutboxRow& row);
  bool IsStopping();

  DoorParts& parts_;
  AskingDoor& door_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tamga::exchange
