#include "node/safeguard/safeguard_loop.h"

#include <chrono>

#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::safeguard {
namespace {

constexpr std::chrono::minutes kPause(1);
// Of one round, so that partners that do not answer do not keep the node from ending.
constexpr absl::Duration kPatience = absl::Seconds(30);

void Work(SafeguardOffice& office, const Clock& clock) {
  const absl::Status done = office.SeeToCases(clock.Now() + kPatience);
  if (!done.ok()) Log(Severity::kWarning, "cases not held or released yet", {{"reason", ReasonOf(done)}});
}

}  // namespace

SafeguardLoop::SafeguardLoop(SafeguardOffice& office, const Clock& clock)
    : thread_(kPause, RepeatingThread::First::kAtOnce, [&office, &clock] { Work(office, clock); }) {}

}  // namespace tamga::safeguard
