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

TreatyFetcher::TreatyFetcher(TreatyOffice& office, FetchWishes& wishes, const Clock& clock,
                             std::function<absl::Duration(const std::string& partner)> pace)
    : office_(office),
      wishes_(wishes),
      clock_(clock),
      pace_(std::move(pace)),
      first_round_(clock.Now() + kFirstFetchAfter),
      thread_(kPause, RepeatingThread::First::kAfterPause, [this] { FetchWhatIsDue(); }) {}

void TreatyFetcher::FetchWhatIsDue() {
  const absl::Time now = clock_.Now();
  for (const std::string& partner : office_.partners()) {
    if (now < first_round_) break;
    const auto last = last_.find(partner);
    // A clock that was put back holds nothing up.
    if (last == last_.end() || absl::AbsDuration(now - last->second) >= pace_(partner)) FetchFrom(partner);
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
