// On record in the log: which key its agency seals with.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "certs/seal.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/ledger/sequencer.h"
#include "node/store/records.h"

namespace tamga::node {

// Entry SEAL_CHANGED holds the head of the log, sealed by the new key: when the former one was stolen, what stands
// before that head cannot have been made with it since, and what it sealed later is in doubt. Thread-safe.
class SealRecord {
 public:
  // References outlive this.
  SealRecord(std::string own_agency, store::Records& records, ledger::Sequencer& sequencer, const Clock& clock,
             Rng& rng);

  // Puts on record, durably, that `seal` is sealed with from now on, unless its keys, also those of other algorithms,
  // are the ones on record; the first ones are kept without an entry. Errors of the log and of the seal's signer.
  absl::Status Use(const certs::Seal& seal);

 private:
  const std::string own_agency_;
  store::Records& records_;
  ledger::Sequencer& sequencer_;
  const Clock& clock_;
  Rng& rng_;
  Mutex mutex_;  // one change at a time
};

}  // namespace tamga::node
