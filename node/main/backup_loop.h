// Makes backups as often as the configuration says.
#pragma once

#include "node/base/clock_watch.h"
#include "node/base/repeating_thread.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

class BackupLoop {
 public:
  // Looks at once, and then every minute until destroyed, whether it is time. `config` is complete; both outlive this.
  // While the clock has jumped, backups are made, and none is removed.
  BackupLoop(const v1::NodeConfig& config, const ClockWatch& clock);

 private:
  void BackUpIfDue();

  const v1::NodeConfig& config_;
  const ClockWatch& clock_;
  RepeatingThread thread_;
};

}  // namespace tamga::node
