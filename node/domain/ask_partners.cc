#include "node/domain/ask_partners.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "node/base/mutex.h"

namespace tamga::domain {
namespace {

using Results = std::vector<std::optional<exchange::AskResult>>;

// How long to sleep before the clock is looked at again: it may have been set.
constexpr absl::Duration kLongestWait = absl::Milliseconds(50);

// One round of questions. Shared with the calls, since those may outlive it.
class Round {
 public:
  explicit Round(size_t size) : results_(size), open_(size) {}

  bool IsOver() {
    MutexLock lock(mutex_);
    return over_;
  }

  void Put(size_t index, exchange::AskResult result) {
    MutexLock lock(mutex_);
    if (over_) return;
    results_[index] = std::move(result);
    --open_;
    changed_.NotifyAll();
  }

  Results WaitUntil(absl::Time deadline, const Clock& clock) {
    MutexLock lock(mutex_);
    while (open_ > 0) {
      const absl::Duration left = deadline - clock.Now();
      if (left <= absl::ZeroDuration()) break;
      changed_.WaitFor(mutex_, absl::ToChronoMilliseconds(std::clamp(absl::Ceil(left, absl::Milliseconds(1)),
                                                                     absl::Milliseconds(1), kLongestWait)));
    }
    over_ = true;
    return std::move(results_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  Results results_ ABSL_GUARDED_BY(mutex_);
  size_t open_ ABSL_GUARDED_BY(mutex_);
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

Results AskPartners(WorkerPool& partner_calls, exchange::Asking& door, const Clock& clock,
                    const std::vector<exchange::Outgoing>& questions, absl::Time deadline, AfterDeadline late) {
  const auto round = std::make_shared<Round>(questions.size());
  for (size_t i = 0; i < questions.size(); ++i) {
    const absl::Status started = partner_calls.Run([round, i, &door, late, question = questions[i]] {
      if (late == AfterDeadline::kAsked || !round->IsOver()) round->Put(i, door.Ask(question));
    });
    if (!started.ok()) {
      exchange::AskResult result;
      result.status = started;
      round->Put(i, std::move(result));
    }
  }
  return round->WaitUntil(deadline, clock);
}

}  // namespace tamga::domain
