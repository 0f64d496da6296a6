// Makes backups as often as the configuration says.
#pragma once

#include <string>
#include <thread>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

class BackupLoop {
 public:
  // Looks at once, and then every minute until destroyed, whether it is time. `config` is complete; both outlive this.
  BackupLoop(const v1::NodeConfig& config, const Clock& clock);
  ~BackupLoop();
  BackupLoop(const BackupLoop&) = delete;
  BackupLoop& operator=(const BackupLoop&) = delete;

 private:
  void Loop();
  void BackUpIfDue();

  const v1::NodeConfig& config_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::node
