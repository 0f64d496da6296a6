#include "node/main/backup_loop.h"

#include <chrono>
#include <string>

#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/store/folder_copy.h"

namespace tamga::node {
namespace {

constexpr std::chrono::minutes kInterval{1};

}  // namespace

BackupLoop::BackupLoop(const v1::NodeConfig& config, const ClockWatch& clock)
    : config_(config), clock_(clock), thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { BackUpIfDue(); }) {}

void BackupLoop::BackUpIfDue() {
  const std::string& folder = config_.backup().folder();
  const absl::Time now = clock_.Now();
  const absl::StatusOr<absl::Time> newest = store::NewestBackup(folder);
  absl::Status status = newest.status();
  if (newest.ok()) {
    // One that claims to be of the future was made when the clock was wrong, and must not keep others from being made.
    const bool is_due = *newest > now || now - *newest >= absl::Hours(config_.backup().interval_hours());
    if (!is_due) return;
    status = store::BackUp(config_.data_dir(), folder, now);
  }
  if (status.ok() && clock_.Check().ok()) {
    status = store::PruneBackups(folder, absl::Hours(24) * config_.backup().keep_days(), now);
  }
  if (status.ok()) {
    Log(Severity::kInfo, "backup made", {{"folder", folder}});
  } else {
    Log(Severity::kError, "backup failed", {{"folder", folder}, {"detail", std::string(status.message())}});
  }
}

}  // namespace tamga::node
