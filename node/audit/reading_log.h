// Reading the log is logged as well: who watches the watchmen can see what they looked at.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/exchange/entry.h"
#include "node/ledger/sequencer.h"

namespace tamga::audit {

// All references outlive the log of readings.
struct ReadingLogParts {
  std::string own_agency;
  ledger::Sequencer& sequencer;
  const exchange::Pseudonyms& pseudonyms;
  const Clock& clock;
  Rng& rng;
};

// Thread-safe.
class ReadingLog {
 public:
  explicit ReadingLog(ReadingLogParts parts) : parts_(std::move(parts)) {}

  // Durable when this returns OK: call it before the answer leaves, and let none leave otherwise. `method` is what was
  // called, such as "ListEntries"; `exchange_id` the one exchange that it was about, in text form or empty: an id that
  // is none is not kept.
  absl::Status Add(const certs::Principal& reader, absl::string_view method, absl::string_view exchange_id = "") const;

 private:
  const ReadingLogParts parts_;
};

}  // namespace tamga::audit
