#include "node/treaty_office/treaty_fetcher.h"

#include <chrono>
#include <utility>

namespace tamga::treaty_office {
namespace {

constexpr std::chrono::milliseconds kPause{250};

}  // namespace

void FetchWishes::Add(const std::string& partner) {
  MutexLock lock(mutex_);
  partners_.insert(partner);
}

std::set<std::string> FetchWishes::Take() {
  MutexLock lock(mutex_);
  return std::exchange(partners_, {});
}

TreatyFetcher::TreatyFetcher(TreatyOffice& office, FetchWishes& wishes, const Clock& clock)
    : office_(office),
      wishes_(wishes),
      clock_(clock),
      next_round_(clock.Now() + kFirstFetchAfter),
      thread_(kPause, RepeatingThread::First::kAfterPause, [this] { FetchWhatIsDue(); }) {}

void TreatyFetcher::FetchWhatIsDue() {
  const absl::Time now = clock_.Now();
  if (now >= next_round_) {
    next_round_ = now + kFetchEvery;
    for (const std::string& partner : office_.partners()) FetchFrom(partner);
  }
  for (const std::string& partner : wishes_.Take()) {
    const auto last = last_.find(partner);
    if (last == last_.end() || now - last->second >= kFetchAtMostEvery) {
      FetchFrom(partner);
    } else {
      wishes_.Add(partner);
    }
  }
}

void TreatyFetcher::FetchFrom(const std::string& partner) {
  if (thread_.IsStopping()) return;
  office_.FetchForNode(partner);
  last_[partner] = clock_.Now();
}

}  // namespace tamga::treaty_office
