#include "node/main/expiry.h"

#include <algorithm>
#include <utility>

#include "node/base/clock.h"
#include "node/base/log.h"

namespace tamga::node {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kPause = absl::Hours(1);

}  // namespace

ExpiryLevel LevelOf(const DatedCertificate& certificate, absl::Time now) {
  const absl::Duration life = certificate.validity.not_after - certificate.validity.not_before;
  const absl::Duration left = certificate.validity.not_after - now;
  // The node renews its own at 66 percent, give or take a tenth of that: what is renewed in time warns nobody.
  absl::Duration warning = life / 4;
  absl::Duration alarm = life / 10;
  if (certificate.what != "tls") {
    warning = std::min(warning, 30 * kDay);
    alarm = std::min(alarm, 7 * kDay);
  }
  if (left < alarm) return ExpiryLevel::kAlarm;
  return left < warning ? ExpiryLevel::kWarning : ExpiryLevel::kNone;
}

std::vector<ExpiryReminder::Reminder> ExpiryReminder::Due(const std::vector<DatedCertificate>& certificates,
                                                          absl::Time now) {
  std::vector<Reminder> due;
  std::map<std::string, Said> said;  // what is not asked about any more is forgotten
  for (const DatedCertificate& certificate : certificates) {
    const ExpiryLevel level = LevelOf(certificate, now);
    if (level == ExpiryLevel::kNone) continue;
    const auto before = said_.find(certificate.sha256);
    const bool is_new = before == said_.end() || before->second.level != level;
    // A clock that was set back must not silence it.
    if (is_new || now - before->second.at >= kPause || now < before->second.at) {
      due.push_back({certificate, level});
      said[certificate.sha256] = {level, now};
    } else {
      said[certificate.sha256] = before->second;
    }
  }
  said_ = std::move(said);
  return due;
}

void LogReminder(const ExpiryReminder::Reminder& reminder, absl::Time now) {
  const DatedCertificate& certificate = reminder.certificate;
  const absl::Time end = certificate.validity.not_after;
  const bool has_ended = end < now;
  Log(reminder.level == ExpiryLevel::kAlarm ? Severity::kError : Severity::kWarning,
      has_ended ? "certificate has ended" : "certificate ends soon",
      {{"what", certificate.what},
       {"subject", certificate.subject},
       {"ends_at", UtcText(end)},
       {"because", certificate.by_act ? "trusted_until" : "not_after"},
       {"seconds_left", absl::ToInt64Seconds(end - now)}});
}

}  // namespace tamga::node
