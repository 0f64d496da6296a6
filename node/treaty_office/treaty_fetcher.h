// Fetches treaties from partners without being told to: soon after the start, every hour or as often as the partner's
// State wishes, and when an exchange shows that a partner knows other texts or acts.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/repeating_thread.h"
#include "node/treaty_office/treaty_office.h"

namespace tamga::treaty_office {

// Partners started together with this node get time to come up. What was missed meanwhile shows in exchanges
// (TREATY_ACTS_DIFFER), and is fetched then.
inline constexpr absl::Duration kFirstFetchAfter = absl::Seconds(10);
// Acts take effect by days, and whoever publishes one sends it to all; this is for those that were out of reach for
// longer than a message waits.
inline constexpr absl::Duration kFetchEvery = absl::Hours(1);
// How often one partner's refusals can make the node fetch from it.
inline constexpr absl::Duration kFetchAtMostEvery = absl::Minutes(1);

// Partners from which to fetch. Thread-safe.
class FetchWishes {
 public:
  void Add(const std::string& partner);
  std::set<std::string> Take();

 private:
  Mutex mutex_;
  std::set<std::string> partners_ ABSL_GUARDED_BY(mutex_);
};

class TreatyFetcher {
 public:
  // All outlive this. Starts at once, and goes on until destroyed; that waits for a fetch under way. `pace`: how often
  // to fetch from a partner that nobody has spoken of.
  TreatyFetcher(TreatyOffice& office, FetchWishes& wishes, const Clock& clock,
                std::function<absl::Duration(const std::string& partner)> pace);

 private:
  void FetchWhatIsDue();
  void FetchFrom(const std::string& partner);

  TreatyOffice& office_;
  FetchWishes& wishes_;
  const Clock& clock_;
  const std::function<absl::Duration(const std::string& partner)> pace_;
  absl::Time first_round_;                  // used by thread_ alone, as is the next
  std::map<std::string, absl::Time> last_;  // fetch, by partner
  RepeatingThread thread_;
};

}  // namespace tamga::treaty_office
