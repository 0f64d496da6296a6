// What the clock does to cases without a person: at its time an application is deemed accepted, a transfer lapses, a
// case is closed. The fold of a case says so by itself, at the instant that the treaty sets; here the node takes note
// of it: in the case, in the log and for those who watch.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/clock_watch.h"
#include "node/base/repeating_thread.h"
#include "node/base/rng.h"
#include "node/exchange/entry.h"
#include "node/ledger/sequencer.h"
#include "node/readmission/case_store.h"
#include "node/store/exchange_db.h"

namespace tamga::readmission {

// All references outlive who uses them.
struct CaseClockParts {
  store::ReadableDb& database;
  const CaseStore& cases;
  ledger::Sequencer& sequencer;
  const exchange::Pseudonyms& pseudonyms;
  const Clock& clock;
  Rng& rng;
};

class CaseClockKeeper {
 public:
  explicit CaseClockKeeper(CaseClockParts parts) : parts_(parts) {}

  // Takes up what is due, at most 256 cases, in the order in which they were; true if more may be due. What the clock
  // did to a case is one log entry (kind CASE_CLOCK), committed together with the case. A case that cannot be seen to
  // is said so in the operator's log and taken up again after 10 minutes. With nothing due it costs one look at an
  // index, however many cases there are. Errors are those of the database.
  absl::StatusOr<bool> RunBatch();

 private:
  // A case that is due.
  struct Due {
    store::CaseToActOn seen;
    absl::StatusOr<ledger::Submission> work;
  };

  absl::StatusOr<ledger::Submission> WorkOn(const store::CaseToActOn& seen) const;
  v1::LogEntry EntryOf(const v1::ReadmissionFile& file, int first_new, const FoldedCase& folded, absl::Time now) const;
  absl::Status PutOff(const store::CaseToActOn& seen, const absl::Status& why);

  const CaseClockParts parts_;
};

// Has the keeper look at once, which is when a node that was down catches up, and then every second until destroyed. A
// look is so cheap that no sleep has to be reckoned with, and so none is too long after a change of the clock. What is
// due by a clock that has jumped waits.
class CaseClockLoop {
 public:
  // Both outlive this.
  CaseClockLoop(CaseClockKeeper& keeper, const ClockWatch& watch);

 private:
  void Look();

  CaseClockKeeper& keeper_;
  const ClockWatch& watch_;
  RepeatingThread thread_;
};

}  // namespace tamga::readmission
