#include "node/witness/witnessing_loop.h"

namespace tamga::witness {

WitnessingLoop::WitnessingLoop(Witnessing& witnessing, LogWatch& watch, absl::Duration interval)
    : witnessing_(witnessing),
      watch_(watch),
      thread_(absl::ToChronoMilliseconds(interval), RepeatingThread::First::kAfterPause, [this] { AskAndWatch(); }) {}

void WitnessingLoop::AskAndWatch() {
  witnessing_.AskAll(absl::InfiniteFuture(), [this] { return thread_.IsStopping(); });
  watch_.LookInto();
}

}  // namespace tamga::witness
