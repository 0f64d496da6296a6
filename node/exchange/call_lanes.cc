#include "node/exchange/call_lanes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace tamga::exchange {

absl::Status CallLanes::Run(const std::string& state, std::function<void()> work) {
  MutexLock lock(mutex_);
  Lane& lane = lanes_[state];
  if (lane.at_work == at_once_) {
    if (lane.waiting.size() >= max_waiting_) {
      return Error(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                   absl::StrCat("the node has as many calls of ", state, " waiting as it may; try again in a moment"));
    }
    lane.waiting.push_back(std::move(work));
    return absl::OkStatus();
  }
  absl::Status handed_over = HandOver(state, work);
  if (handed_over.ok()) {
    ++lane.at_work;
  } else if (lane.at_work == 0) {
    lanes_.erase(state);
  }
  return handed_over;
}

absl::Status CallLanes::HandOver(const std::string& state, const std::function<void()>& work) {
  return workers_.Run([this, state, work] { Serve(state, work); });
}

void CallLanes::Serve(const std::string& state, std::function<void()> work) {
  while (work) {
    work();
    work = Next(state);
  }
}

// Through the workers' queue, so that other States' calls that stand there come first.
std::function<void()> CallLanes::Next(const std::string& state) {
  MutexLock lock(mutex_);
  Lane& lane = lanes_[state];
  if (lane.waiting.empty()) {
    if (--lane.at_work == 0) lanes_.erase(state);
    return nullptr;
  }
  std::function<void()> next = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  if (HandOver(state, next).ok()) return nullptr;
  return next;
}

}  // namespace tamga::exchange
