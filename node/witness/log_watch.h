// Watches partners' logs between the checkpoints that they ask us to cosign: every receipt that an exchange brings
// holds a checkpoint too, and has to go with what was seen.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/witness/log_peer.h"
#include "node/witness/partner_logs.h"

namespace tamga::witness {

// Partners by agency.
using LogPeers = std::map<std::string, std::unique_ptr<LogPeer>>;

// Thread-safe.
class LogWatch {
 public:
  // All outlive this. `timeout` is for each question to a partner.
  LogWatch(PartnerLogs& logs, const LogPeers& peers, const Clock& clock, absl::Duration timeout)
      : logs_(logs), peers_(peers), clock_(clock), timeout_(timeout) {}

  // A checkpoint that came with a receipt of the agency's. Of several the last is looked into. Does not block.
  void Add(const std::string& agency, const std::string& note);
  // The log may be smaller than it was. Does not block.
  void Suspect(const std::string& agency);

  // Looks into what was added since the last call, asking partners for the proofs. What a partner does not answer
  // proves nothing.
  void LookInto();

 private:
  absl::Status LookAt(const std::string& agency, const std::string& note);
  // The log's newest checkpoint, after it was compared with `before`, which was seen before the log is asked. `settled`
  // as in PartnerCheckpoint.
  absl::StatusOr<PartnerCheckpoint> CompareWithNewest(const std::string& agency, uint64_t settled,
                                                      const store::SeenRow& before);

  PartnerLogs& logs_;
  const LogPeers& peers_;
  const Clock& clock_;
  const absl::Duration timeout_;
  Mutex mutex_;
  std::map<std::string, std::string> added_ ABSL_GUARDED_BY(mutex_);  // note by agency; empty: only a suspicion
};

}  // namespace tamga::witness
