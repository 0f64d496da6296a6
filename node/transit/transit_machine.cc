#include "node/transit/transit_machine.h"

#include <algorithm>
#include <tuple>

#include "node/base/clock.h"
#include "node/base/text.h"

namespace tamga::transit {

TransitMachine::TransitMachine(const v1::TransitFile& file, const readmission::CaseLaw& law)
    : file_(file),
      terms_(*law.treaty),
      days_{*law.calendars, StateOf(file.requesting_agency()), StateOf(file.requested_agency())} {}

// By time; at the same instant the requested side's come first, so that a consent beats a withdrawal. An application
// that failed is taken all the same: it says that it was tried.
std::vector<TransitMachine::Item> TransitMachine::Order(const KnownSteps& known) const {
  std::vector<Item> items;
  for (const v1::FiledTransitStep& filed : file_.steps()) {
    const v1::TransitStep& step = filed.step();
    if (filed.failed() && step.kind() != v1::TRANSIT_STEP_KIND_SUBMIT) continue;
    if (step.number() > (filed.by_requesting() ? known.requesting : known.requested)) continue;
    items.push_back({step.kind(), FromProto(step.at()), filed.by_requesting(), step.number(), &filed});
  }
  if (file_.has_received_at()) {
    items.push_back({v1::TRANSIT_STEP_KIND_RECEIVE, FromProto(file_.received_at()), false, 0, nullptr});
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.at, a.by_requesting, a.number) < std::tie(b.at, b.by_requesting, b.number);
  });
  return items;
}

void TransitMachine::Run(const KnownSteps& known, absl::Time now) {
  for (const Item& item : Order(known)) {
    RunClocks(item.at);
    Take(item);
    now = std::max(now, item.at);
  }
  RunClocks(now);
}

void TransitMachine::Take(const Item& item) {
  const bool is_receipt = item.kind == v1::TRANSIT_STEP_KIND_RECEIVE;
  const TransitRow* row = FindRow(state_, item.kind);
  const bool is_possible = row != nullptr && (is_receipt || MayTake(*row, item.by_requesting));
  if (is_possible) Enter(*row, item.at);
  // Left undelivered, it never began.
  if (item.filed != nullptr && item.filed->failed()) state_ = v1::TRANSIT_STATE_NOT_DELIVERED;
  // A receipt counts whatever else has happened: a withdrawal may have come before it.
  Add(item, !is_possible && !is_receipt);
}

// Each state has one clock at most; what it does may start the next one, which may have passed as well.
void TransitMachine::RunClocks(absl::Time until) {
  for (bool acted = true; acted;) {
    acted = false;
    for (const TransitRow& row : TransitTable()) {
      if (row.who != Who::kClock || row.from != state_) continue;
      const auto running = clocks_.find(row.acts);
      if (running == clocks_.end() || running->second.limit->on_expiry() != row.outcome) continue;
      const RunningLimit passed = running->second;
      if (passed.due > until) continue;
      Enter(row, passed.due);
      events_.push_back({row.kind, state_, passed.due, std::nullopt, nullptr, passed.limit, false});
      acted = true;
      break;
    }
  }
}

void TransitMachine::Enter(const TransitRow& row, absl::Time at) {
  if (row.to != state_) clocks_.clear();
  state_ = row.to;
  const v1::TimeLimit* limit = row.starts == v1::CASE_CLOCK_UNSPECIFIED
                                   ? nullptr
                                   : terms_.FindLimit(row.starts, v1::READMISSION_PROCEDURE_NORMAL);
  if (limit == nullptr) return;
  const RunningLimit running = {limit, at, policy::DueAt(*limit, at, days_)};
  clocks_[row.starts] = running;
  if (row.starts == v1::CASE_CLOCK_TRANSIT_REPLY) reply_due_ = running.due;
}

void TransitMachine::Add(const Item& item, bool overtaken) {
  events_.push_back({item.kind, state_, item.at, item.by_requesting, item.filed, nullptr, overtaken});
}

}  // namespace tamga::transit
