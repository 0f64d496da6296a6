// The table of transit_table.h at work: takes the steps of a transit operation in their order, lets the clocks act in
// between, and tells where that leads. Inside of transit_fold.h and transit_filing.h; others ask there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "node/readmission/case_fold.h"
#include "node/transit/transit_table.h"
#include "policy/readmission_terms.h"
#include "policy/time_limit.h"
#include "tamga/v1/transit.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::transit {

// How many steps of each side are looked at.
struct KnownSteps {
  uint32_t requesting = UINT32_MAX;
  uint32_t requested = UINT32_MAX;
};

class TransitMachine {
 public:
  struct Event {
    v1::TransitStepKind kind;
    v1::TransitState state;  // after it
    absl::Time at;
    std::optional<bool> by_requesting;  // nothing: the clock
    const v1::FiledTransitStep* filed;  // null for what no officer did
    const v1::TimeLimit* limit;         // the clock's
    bool overtaken;
  };

  struct RunningLimit {
    const v1::TimeLimit* limit;
    absl::Time started;
    absl::Time due;
  };

  // Both outlive this.
  TransitMachine(const v1::TransitFile& file, const readmission::CaseLaw& law);

  // Takes all known steps that have not failed, and lets the clocks act until `now`; an instant before the last step
  // counts as that step's.
  void Run(const KnownSteps& known, absl::Time now);

  v1::TransitState state() const { return state_; }
  const std::vector<Event>& events() const { return events_; }
  const std::map<v1::CaseClock, RunningLimit>& clocks() const { return clocks_; }
  // When the reply is, or was, due.
  std::optional<absl::Time> reply_due() const { return reply_due_; }

 private:
  struct Item {
    v1::TransitStepKind kind;
    absl::Time at;
    bool by_requesting;
    uint32_t number;  // 0: the receipt
    const v1::FiledTransitStep* filed;
  };

  std::vector<Item> Order(const KnownSteps& known) const;
  void Take(const Item& item);
  void RunClocks(absl::Time until);
  void Enter(const TransitRow& row, absl::Time at);
  void Add(const Item& item, bool overtaken);

  const v1::TransitFile& file_;
  const policy::ReadmissionTerms terms_;
  const policy::CountingDays days_;
  v1::TransitState state_ = v1::TRANSIT_STATE_UNSPECIFIED;
  std::vector<Event> events_;
  std::map<v1::CaseClock, RunningLimit> clocks_;
  std::optional<absl::Time> reply_due_;
};

}  // namespace tamga::transit
