// Renews a node's certificates as long as the node runs.
#pragma once

#include <optional>

#include "certs/current_seal.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/repeating_thread.h"
#include "node/base/rng.h"
#include "node/enrolment/enroller.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::enrolment {

class RenewalLoop {
 public:
  // Looks every second until destroyed whether the files of config.tls, and with renew_seal those of config.seal, are
  // due (see Enroller). A seal whose key is in no file keeps the key of `seal`, which signs for it. `config` is
  // complete and has `enrolment`. All outlive this.
  RenewalLoop(const v1::NodeConfig& config, const certs::CurrentTrust& trust, const certs::CurrentSeal& seal,
              const Clock& clock, Rng& rng);

 private:
  Enroller tls_;
  std::optional<Enroller> seal_;
  RepeatingThread thread_;
};

}  // namespace tamga::enrolment
