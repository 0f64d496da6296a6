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
  const absl::StatusOr<absl::Time> newest = store::NewestBackup(folder, now);
  absl::Status status = newest.status();
  if (newest.ok()) {
    if (now - *newest < absl::Hours(config_.backup().interval_hours())) return;
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
