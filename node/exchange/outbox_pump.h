// Takes up the requests that wait in the outbox: after a restart, and while a partner could not be reached.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "node/exchange/asking_door.h"

namespace tamga::exchange {

// Tries each partner's requests in their order, on a thread of the partner's own, so that one partner's silence does
// not hold up another's requests. One that has to wait on holds up those of its own case alone; a partner that nobody
// reaches is left alone for a while (circuit.h), and whatever waits is tried at once when its line is back.
class OutboxPump {
 public:
  // `parts` and `door` outlive this. Starts at once.
  OutboxPump(DoorParts& parts, AskingDoor& door);
  // Waits for attempts under way.
  ~OutboxPump();
  OutboxPump(const OutboxPump&) = delete;
  OutboxPump& operator=(const OutboxPump&) = delete;

 private:
  void Serve(const std::string& partner);
  // Tries the partner's requests that are due by `due_by`, and those tried before that are by `retry_by`.
  void TryRequests(const std::string& partner, absl::Time due_by, absl::Time retry_by);
  // Records a failed attempt. `has_left`: the partner may have got the request.
  void PutOff(const store::OutboxRow& row, bool has_left);
  bool IsStopping();

  DoorParts& parts_;
  AskingDoor& door_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tamga::exchange
