#include "node/exchange/circuit.h"

#include <algorithm>

#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::exchange {
namespace {

constexpr absl::Duration kLongestBackoff = absl::Minutes(5);

}  // namespace

absl::Duration Backoff(int64_t attempts, uint8_t random_byte) {
  const absl::Duration step =
      absl::Seconds(1) * static_cast<double>(int64_t{1} << std::clamp<int64_t>(attempts, 0, 16));
  return std::min(step, kLongestBackoff) * (0.75 + random_byte / 510.0);
}

// A reason code is the partner's word, or that of a certificate: somebody is there.
LineOutcome OutcomeOf(const absl::Status& status, absl::Duration patience, absl::Duration fair) {
  if (status.ok() || !ReasonOf(status).empty()) return LineOutcome::kAnswered;
  if (absl::IsUnavailable(status)) return LineOutcome::kNoAnswer;
  if (!absl::IsDeadlineExceeded(status)) return LineOutcome::kAnswered;
  return patience < fair ? LineOutcome::kTooHasty : LineOutcome::kNoAnswer;
}

Circuits::Line Circuits::LineOf(const std::string& partner) const {
  MutexLock lock(mutex_);
  const auto found = lines_.find(partner);
  return found == lines_.end() ? Line() : found->second;
}

void Circuits::Rest(Line& line) {
  const uint8_t random_byte = static_cast<uint8_t>(rng_.Bytes(1).front());
  line.retry_at = clock_.Now() + std::min(Backoff(line.failures - kFailuresToOpen, random_byte), kLongestRest);
}

bool Circuits::MayTry(const std::string& partner) const { return LineOf(partner).MayTry(clock_.Now()); }

Circuits::Pass Circuits::Enter(const std::string& partner) {
  MutexLock lock(mutex_);
  Line& line = lines_[partner];
  if (!line.MayTry(clock_.Now())) return Pass::kNone;
  if (!line.IsOpen()) return Pass::kLine;
  line.is_probed = true;
  return Pass::kProbe;
}

void Circuits::Leave(const std::string& partner, Pass pass, LineOutcome outcome) {
  if (pass == Pass::kNone) return;
  MutexLock lock(mutex_);
  Line& line = lines_[partner];
  const bool was_open = line.IsOpen();
  if (pass == Pass::kProbe) line.is_probed = false;
  if (outcome == LineOutcome::kAnswered) {
    line.failures = 0;
    line.retry_at = absl::InfinitePast();
    if (!was_open) return;
    ++line.closings;
    Log(Severity::kInfo, "partner reached again", {{"partner", partner}});
    return;
  }
  // Attempts that began before the line was given up say nothing new.
  if (was_open && pass != Pass::kProbe) return;
  if (outcome == LineOutcome::kNoAnswer) ++line.failures;
  if (!line.IsOpen()) return;
  Rest(line);
  if (!was_open) Log(Severity::kWarning, "partner left alone for a while", {{"partner", partner}});
}

void Circuits::Heard(const std::string& partner) {
  MutexLock lock(mutex_);
  const auto line = lines_.find(partner);
  if (line != lines_.end()) line->second.retry_at = std::min(line->second.retry_at, clock_.Now());
}

CircuitReport Circuits::Report(const std::string& partner) const {
  const Line line = LineOf(partner);
  CircuitReport report;
  report.failures = line.failures;
  report.retry_at = line.retry_at;
  if (line.IsOpen()) {
    const bool may = line.is_probed || clock_.Now() >= line.retry_at;
    report.state = may ? v1::CIRCUIT_STATE_HALF_OPEN : v1::CIRCUIT_STATE_OPEN;
  }
  return report;
}

uint64_t Circuits::Closings(const std::string& partner) const { return LineOf(partner).closings; }

}  // namespace tamga::exchange
