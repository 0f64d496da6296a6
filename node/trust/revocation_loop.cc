#include "node/trust/revocation_loop.h"

#include <chrono>
#include <utility>

#include "node/base/log.h"

namespace tamga::trust {
namespace {

constexpr std::chrono::milliseconds kBetweenRounds{250};
// With the push that follows, a revoked peer is out everywhere within a second.
constexpr std::chrono::milliseconds kBetweenLooks{250};
constexpr absl::Duration kBetweenWarnings = absl::Hours(1);

}  // namespace

RevocationLoop::Partner::Partner(std::unique_ptr<ListExchange> with)
    : exchange(std::move(with)),
      thread(kBetweenRounds, RepeatingThread::First::kAtOnce, [this] { exchange->Round(); }) {}

RevocationLoop::RevocationLoop(RevocationLoopParts parts, std::vector<std::unique_ptr<ListExchange>> partners)
    : parts_(std::move(parts)),
      files_thread_(kBetweenLooks, RepeatingThread::First::kAfterPause, [this] { LookAtFiles(); }) {
  for (std::unique_ptr<ListExchange>& partner : partners) {
    partners_.push_back(std::make_unique<Partner>(std::move(partner)));
  }
}

void RevocationLoop::LookAtFiles() {
  parts_.files.Look();
  parts_.keeper.Refresh();  // days of roots begin and end
  WarnOfOldLists();
}

void RevocationLoop::WarnOfOldLists() {
  const absl::Time now = parts_.clock.Now();
  const std::shared_ptr<const certs::TrustStore> trust = parts_.trust.Get();
  for (const std::string& state : trust->States()) {
    // Roots' lists have their nextUpdate alone: an authority that is off-line signs a few a year.
    const std::optional<absl::Time> as_of = trust->IssuersListsAsOf(state);
    if (!as_of || now - *as_of < parts_.stale_after / 3) continue;
    absl::Time& warned = warned_.try_emplace(state, absl::InfinitePast()).first->second;
    if (absl::AbsDuration(now - warned) < kBetweenWarnings) continue;
    warned = now;
    Log(now - *as_of < parts_.stale_after ? Severity::kWarning : Severity::kError, "revocation list is old",
        {{"state", state},
         {"as_of", absl::FormatTime(*as_of, absl::UTCTimeZone())},
         {"detail", "exchanges with the State stop when it is stale; ask its authority for a newer one"}});
  }
}

}  // namespace tamga::trust
