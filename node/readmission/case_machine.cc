#include "node/readmission/case_machine.h"

#include <algorithm>
#include <tuple>

#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "node/base/text.h"
#include "policy/day.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

// The states in which a clock runs beside ON_HOLD; it ends when the case enters another.
bool RunsIn(v1::CaseClock clock, v1::ReadmissionState state) {
  const bool transfer_open =
      StateSet::Of(v1::READMISSION_STATE_ACCEPTED, v1::READMISSION_STATE_DEEMED_ACCEPTED,
                   v1::READMISSION_STATE_TRAVEL_DOC_ASKED, v1::READMISSION_STATE_TRAVEL_DOC_ISSUED,
                   v1::READMISSION_STATE_TRANSFER_PROPOSED, v1::READMISSION_STATE_TRANSFER_AGREED)
          .Has(state);
  const bool unanswered = StateSet::Of(v1::READMISSION_STATE_SUBMITTED, v1::READMISSION_STATE_RECEIVED,
                                       v1::READMISSION_STATE_RETURNED_INCOMPLETE, v1::READMISSION_STATE_VERIFYING,
                                       v1::READMISSION_STATE_INTERVIEW_ASKED, v1::READMISSION_STATE_INTERVIEW_HELD)
                              .Has(state);
  switch (clock) {
    case v1::CASE_CLOCK_REPLY:
      return unanswered;
    case v1::CASE_CLOCK_EXTENDED_REPLY:
      return state == v1::READMISSION_STATE_EXTENDED;
    case v1::CASE_CLOCK_TRAVEL_DOCUMENT:
      return state == v1::READMISSION_STATE_TRAVEL_DOC_ASKED;
    case v1::CASE_CLOCK_TRANSFER:
      return transfer_open;
    case v1::CASE_CLOCK_ERROR_CLAIM:
      return state == v1::READMISSION_STATE_HANDED_OVER;
    case v1::CASE_CLOCK_CLOSING:
      return IsEnd(state) && state != v1::READMISSION_STATE_CLOSED;
    default:
      return false;
  }
}

v1::ReadmissionStepKind KindOf(v1::OnExpiry on_expiry) {
  switch (on_expiry) {
    case v1::ON_EXPIRY_DEEMED_ACCEPTED:
      return v1::READMISSION_STEP_KIND_DEEM_ACCEPTED;
    case v1::ON_EXPIRY_LAPSE:
      return v1::READMISSION_STEP_KIND_LAPSE;
    case v1::ON_EXPIRY_STANDARD_DOCUMENT:
      return v1::READMISSION_STEP_KIND_STANDARD_DOCUMENT;
    case v1::ON_EXPIRY_FALL_BACK:
      return v1::READMISSION_STEP_KIND_FALL_BACK;
    case v1::ON_EXPIRY_CLOSE:
      return v1::READMISSION_STEP_KIND_CLOSE;
    default:
      return v1::READMISSION_STEP_KIND_UNSPECIFIED;
  }
}

absl::TimeZone ZoneOf(const v1::TimeLimit& limit) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!limit.time_zone().empty()) absl::LoadTimeZone(limit.time_zone(), &zone);
  return zone;
}

std::optional<absl::CivilDay> CivilDayOf(const std::string& day) {
  const std::optional<absl::Time> midnight = policy::ParseDay(day);
  if (!midnight.has_value()) return std::nullopt;
  return absl::ToCivilDay(*midnight, absl::UTCTimeZone());
}

}  // namespace

std::optional<absl::Time> EndOfDay(const std::string& day, const v1::TimeLimit& limit) {
  const std::optional<absl::CivilDay> civil = CivilDayOf(day);
  if (!civil.has_value()) return std::nullopt;
  return absl::FromCivil(*civil + 1, ZoneOf(limit));
}

std::string LastDayBy(absl::Time instant, const v1::TimeLimit& limit) {
  return absl::FormatCivilTime(absl::ToCivilDay(instant, ZoneOf(limit)) - 1);
}

CaseMachine::CaseMachine(const v1::ReadmissionFile& file, const CaseLaw& law)
    : file_(file),
      terms_(*law.treaty),
      days_{*law.calendars, StateOf(file.requesting_agency()), StateOf(file.requested_agency())},
      application_(&file.application()),
      procedure_(file.procedure() == v1::READMISSION_PROCEDURE_UNSPECIFIED ? v1::READMISSION_PROCEDURE_NORMAL
                                                                           : file.procedure()) {}

// By time; at the same instant the requested side's come first, so that an answer beats a withdrawal.
std::vector<CaseMachine::Item> CaseMachine::Order(const KnownSteps& known) const {
  std::vector<Item> items;
  const auto add = [&](const v1::FiledStep& filed) {
    const v1::ReadmissionStep& step = filed.step();
    items.push_back({step.kind(), FromProto(step.at()), filed.by_requesting(), step.number(), &filed});
  };
  const auto add_receipt = [&](const google::protobuf::Timestamp& at) {
    items.push_back({v1::READMISSION_STEP_KIND_RECEIVE, FromProto(at), false, 0, nullptr});
  };
  if (file_.has_first()) add(file_.first());
  if (file_.has_received_at() && !file_.first().failed()) add_receipt(file_.received_at());
  for (const v1::FiledStep& filed : file_.steps()) {
    if (filed.failed()) continue;
    if (filed.step().number() > (filed.by_requesting() ? known.requesting : known.requested)) continue;
    add(filed);
    if (filed.has_received_at()) add_receipt(filed.received_at());
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.at, a.by_requesting, a.number) < std::tie(b.at, b.by_requesting, b.number);
  });
  return items;
}

void CaseMachine::Run(const KnownSteps& known, absl::Time now) {
  for (const Item& item : Order(known)) {
    RunClocks(item.at);
    Take(item);
    now = std::max(now, item.at);
  }
  RunClocks(now);
}

void CaseMachine::Take(const Item& item) {
  if (item.kind == v1::READMISSION_STEP_KIND_RECEIVE) return Receive(item);
  const CaseRow* row = FindRow(state_, item.kind);
  if (Judge(row, item.filed->step(), item.by_requesting, item.at) != Verdict::kEffective) {
    return Add(item.kind, item.at, item.by_requesting, item.filed, nullptr, true);
  }
  Apply(*row, item);
}

// A receipt counts whatever else has happened: a hold or a withdrawal may have come before it.
void CaseMachine::Receive(const Item& item) {
  const bool on_hold = state_ == v1::READMISSION_STATE_ON_HOLD;
  v1::ReadmissionState& current = on_hold ? held_ : state_;
  last_ = std::max(last_, item.at);
  if (const CaseRow* row = FindRow(current, item.kind)) {
    const bool is_anew = clocks_.count(v1::CASE_CLOCK_REPLY) == 0;
    current = row->to;
    if (is_anew && row->starts == v1::CASE_CLOCK_REPLY) {
      instants_[v1::CLOCK_START_RECEIPT] = item.at;
      Start(row->starts, item.at);
      if (!first_reply_due_.has_value()) first_reply_due_ = reply_due_;
    }
  }
  Add(item.kind, item.at, item.by_requesting, nullptr, nullptr, false);
}

Verdict CaseMachine::Judge(const CaseRow* row, const v1::ReadmissionStep& step, bool by_requesting,
                           absl::Time at) const {
  if (row == nullptr || !MayTake(*row, by_requesting)) return Verdict::kNotFrom;
  const Verdict verdict = JudgeKind(*row, by_requesting, at);
  if (verdict != Verdict::kEffective) return verdict;
  if (row->guard == Guard::kOtherSide && !MessageDifferencer::Equals(*plan_, step.transfer())) return Verdict::kPlan;
  if (row->guard == Guard::kUntil) {
    const RunningLimit& transfer = clocks_.at(v1::CASE_CLOCK_TRANSFER);
    const std::optional<absl::Time> until = EndOfDay(step.until(), *transfer.limit);
    if (!until.has_value() || *until <= transfer.due) return Verdict::kUntil;
    if (*until > transfer.latest) return Verdict::kTooFar;
  }
  return Verdict::kEffective;
}

Verdict CaseMachine::JudgeKind(const CaseRow& row, bool by_requesting, absl::Time at) const {
  if (row.kind == v1::READMISSION_STEP_KIND_HOLD && holds_[by_requesting]) return Verdict::kNotFrom;
  switch (row.guard) {
    case Guard::kInterviewAsked:
      if (!interview_asked_) return Verdict::kNotFrom;
      break;
    case Guard::kUnsigned:
      if (signed_[0] || signed_[1]) return Verdict::kNotFrom;
      break;
    case Guard::kOtherSide:
      if (by_requesting == proposed_by_requesting_) return Verdict::kNotFrom;
      break;
    case Guard::kSignature:
      if (signed_[by_requesting]) return Verdict::kNotFrom;
      break;
    case Guard::kHolder:
      if (!holds_[by_requesting]) return Verdict::kNotFrom;
      break;
    case Guard::kUntil:
      if (clocks_.count(v1::CASE_CLOCK_TRANSFER) == 0) return Verdict::kNotFrom;
      break;
    default:
      break;
  }
  const auto bar = clocks_.find(row.barred_by);
  if (bar == clocks_.end() || at < bar->second.due) return Verdict::kEffective;
  // A claim is barred only where the treaty says so; more time must be asked for before expiry under any.
  const bool is_barred =
      row.kind != v1::READMISSION_STEP_KIND_CLAIM_ERROR || bar->second.limit->on_expiry() == v1::ON_EXPIRY_BAR;
  return is_barred ? Verdict::kLate : Verdict::kEffective;
}

v1::ReadmissionState CaseMachine::Next(const CaseRow& row, const Item& item) {
  switch (row.guard) {
    case Guard::kSignature:
      signed_[item.by_requesting] = true;
      return signed_[0] && signed_[1] ? row.to : state_;
    case Guard::kHolder:
      holds_[item.by_requesting] = false;
      return holds_[0] || holds_[1] ? state_ : held_;
    case Guard::kUntil:
    case Guard::kSame:
      return state_;
    default:
      return row.to;
  }
}

void CaseMachine::Apply(const CaseRow& row, const Item& item) {
  const v1::ReadmissionState before = state_;
  if (row.kind == v1::READMISSION_STEP_KIND_HOLD) {
    holds_[item.by_requesting] = true;
    if (before != v1::READMISSION_STATE_ON_HOLD) {
      held_ = before;
      hold_began_ = item.at;
    }
  }
  const v1::ReadmissionState next = Next(row, item);
  switch (row.kind) {
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
      if (terms_.treaty().readmission().return_restarts_clock()) clocks_.erase(v1::CASE_CLOCK_REPLY);
      break;
    case v1::READMISSION_STEP_KIND_RESUBMIT:
      application_ = &item.filed->step().application();
      break;
    case v1::READMISSION_STEP_KIND_ASK_INTERVIEW:
      interview_asked_ = true;
      break;
    case v1::READMISSION_STEP_KIND_REPORT_INTERVIEW:
      interview_asked_ = false;
      break;
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
      proposed_by_requesting_ = item.by_requesting;
      plan_ = &item.filed->step().transfer();
      break;
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER: {
      RunningLimit& transfer = clocks_.at(v1::CASE_CLOCK_TRANSFER);
      transfer.due = *EndOfDay(item.filed->step().until(), *transfer.limit);
      break;
    }
    case v1::READMISSION_STEP_KIND_RELEASE: {
      const auto transfer = clocks_.find(v1::CASE_CLOCK_TRANSFER);
      if (next != before && transfer != clocks_.end() && terms_.treaty().readmission().hold_extends_transfer()) {
        // An acceptance that was deemed during the hold has been held up only since.
        RunningLimit& limit = transfer->second;
        const absl::Duration held_up = item.at - std::max(hold_began_, limit.started);
        limit.due = std::min(limit.due + held_up, policy::LastInstant());
        limit.latest = std::min(limit.latest + held_up, policy::LastInstant());
      }
      break;
    }
    case v1::READMISSION_STEP_KIND_ACCEPT:
      instants_[v1::CLOCK_START_REPLY] = item.at;
      break;
    case v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT:
      instants_[v1::CLOCK_START_TRAVEL_DOCUMENT_ASKED] = item.at;
      break;
    default:
      break;
  }
  last_ = std::max(last_, item.at);
  if (next != before) {
    if (next == v1::READMISSION_STATE_HANDED_OVER) instants_[v1::CLOCK_START_HAND_OVER] = item.at;
    Enter(next, item.at);
    Start(row.starts, item.at);
  }
  // Left undelivered, it never began.
  if (item.filed->failed()) Enter(v1::READMISSION_STATE_NOT_DELIVERED, item.at);
  Add(row.kind, item.at, item.by_requesting, item.filed, nullptr, false);
  if (row.kind == v1::READMISSION_STEP_KIND_SUBMIT) MissSubmission(item.at);
}

void CaseMachine::Enter(v1::ReadmissionState state, absl::Time at) {
  if (state_ == v1::READMISSION_STATE_ON_HOLD) holds_[0] = holds_[1] = false;
  if (state_ == v1::READMISSION_STATE_ON_HOLD) held_ = v1::READMISSION_STATE_UNSPECIFIED;
  state_ = state;
  if (state == v1::READMISSION_STATE_ON_HOLD) return;
  EndClocks(state);
  if (!RunsIn(v1::CASE_CLOCK_CLOSING, state)) return;
  instants_[v1::CLOCK_START_END] = at;
  Start(v1::CASE_CLOCK_CLOSING, at);
}

void CaseMachine::EndClocks(v1::ReadmissionState state) {
  for (auto clock = clocks_.begin(); clock != clocks_.end();) {
    clock = RunsIn(clock->first, state) ? std::next(clock) : clocks_.erase(clock);
  }
}

void CaseMachine::Start(v1::CaseClock clock, absl::Time at) {
  if (clock == v1::CASE_CLOCK_UNSPECIFIED) return;
  const v1::TimeLimit* limit = terms_.FindLimit(clock, procedure_);
  if (limit == nullptr) return;
  const auto instant = instants_.find(limit->start());
  const absl::Time started = instant == instants_.end() ? at : instant->second;
  RunningLimit running = {limit, started, policy::DueAt(*limit, started, days_)};
  // Otherwise one side could put the transfer off for ever.
  if (clock == v1::CASE_CLOCK_TRANSFER) running.latest = policy::DueOnceMore(*limit, running.due, days_);
  clocks_[clock] = running;
  if (clock == v1::CASE_CLOCK_REPLY || clock == v1::CASE_CLOCK_EXTENDED_REPLY) reply_due_ = running.due;
}

// By its own hold the requested side does not put off the reply that is due from it, or it could for ever.
bool CaseMachine::IsStopped(v1::CaseClock clock) const {
  if (state_ != v1::READMISSION_STATE_ON_HOLD) return false;
  const bool is_reply = clock == v1::CASE_CLOCK_REPLY || clock == v1::CASE_CLOCK_EXTENDED_REPLY;
  return holds_[true] || !is_reply;
}

const CaseRow* CaseMachine::ActingRow(v1::CaseClock clock, const RunningLimit& running) const {
  if (IsStopped(clock)) return nullptr;
  const v1::ReadmissionStepKind kind = KindOf(running.limit->on_expiry());
  if (kind == v1::READMISSION_STEP_KIND_UNSPECIFIED) return nullptr;
  const bool is_normal = procedure_ != v1::READMISSION_PROCEDURE_ACCELERATED;
  if (kind == v1::READMISSION_STEP_KIND_FALL_BACK && is_normal) return nullptr;
  const CaseRow* row = FindRow(state_ == v1::READMISSION_STATE_ON_HOLD ? held_ : state_, kind);
  const bool is_being_handed_over = signed_[0] || signed_[1];
  return row != nullptr && row->guard == Guard::kUnsigned && is_being_handed_over ? nullptr : row;
}

// A case is not closed as long as return in error may still be claimed.
absl::Time CaseMachine::DueOf(v1::CaseClock clock, const RunningLimit& running) const {
  if (clock != v1::CASE_CLOCK_CLOSING) return running.due;
  const auto claim = clocks_.find(v1::CASE_CLOCK_ERROR_CLAIM);
  return claim == clocks_.end() ? running.due : std::max(running.due, claim->second.due);
}

void CaseMachine::RunClocks(absl::Time until) {
  while (true) {
    const CaseRow* next = nullptr;
    v1::CaseClock next_clock = v1::CASE_CLOCK_UNSPECIFIED;
    absl::Time next_at = absl::InfiniteFuture();
    for (const auto& [clock, running] : clocks_) {
      const CaseRow* row = ActingRow(clock, running);
      const absl::Time at = std::max(DueOf(clock, running), last_);  // what a hold kept back happens at its release
      if (row == nullptr || at > until || at >= next_at) continue;
      next = row;
      next_clock = clock;
      next_at = at;
    }
    if (next == nullptr) return;
    Act(next_clock, *next, next_at);
  }
}

void CaseMachine::Act(v1::CaseClock clock, const CaseRow& row, absl::Time at) {
  const v1::TimeLimit* limit = clocks_.at(clock).limit;
  last_ = at;
  if (row.guard == Guard::kSame) {
    FallBack();
  } else {
    if (row.kind == v1::READMISSION_STEP_KIND_DEEM_ACCEPTED) instants_[v1::CLOCK_START_REPLY] = at;
    if (state_ == v1::READMISSION_STATE_ON_HOLD) {
      held_ = row.to;
      EndClocks(held_);
    } else {
      Enter(row.to, at);
    }
    Start(row.starts, at);
  }
  Add(row.kind, at, std::nullopt, nullptr, limit, false);
}

// The normal procedure's limits take the place of those that run, from the same start.
void CaseMachine::FallBack() {
  procedure_ = v1::READMISSION_PROCEDURE_NORMAL;
  for (const v1::CaseClock clock : {v1::CASE_CLOCK_REPLY, v1::CASE_CLOCK_EXTENDED_REPLY}) {
    const auto running = clocks_.find(clock);
    if (running == clocks_.end()) continue;
    const absl::Time started = running->second.started;
    clocks_.erase(running);
    Start(clock, started);
  }
}

void CaseMachine::MissSubmission(absl::Time at) {
  if (procedure_ != v1::READMISSION_PROCEDURE_ACCELERATED || state_ != v1::READMISSION_STATE_SUBMITTED) return;
  const v1::TimeLimit* limit = terms_.FindLimit(v1::CASE_CLOCK_SUBMISSION, procedure_);
  if (limit == nullptr || limit->on_expiry() != v1::ON_EXPIRY_FALL_BACK) return;
  const std::optional<absl::Time> due = SubmissionDue(*limit);
  if (!due.has_value() || at < *due) return;
  FallBack();
  Add(v1::READMISSION_STEP_KIND_FALL_BACK, at, std::nullopt, nullptr, limit, false);
}

std::optional<absl::Time> CaseMachine::SubmissionDue(const v1::TimeLimit& limit) const {
  const std::optional<absl::CivilDay> known_on = CivilDayOf(file_.application().known_on());
  if (!known_on.has_value()) return std::nullopt;
  return policy::DueAt(limit, absl::FromCivil(*known_on, ZoneOf(limit)), days_);
}

bool CaseMachine::StandsOnRequesting(v1::CaseClock clock) const {
  const v1::ReadmissionState state = state_ == v1::READMISSION_STATE_ON_HOLD ? held_ : state_;
  if (state == v1::READMISSION_STATE_RETURNED_INCOMPLETE) return true;
  if (state == v1::READMISSION_STATE_TRANSFER_PROPOSED) return !proposed_by_requesting_;
  return clock == v1::CASE_CLOCK_TRANSFER || clock == v1::CASE_CLOCK_CLOSING;
}

absl::Time CaseMachine::NextEvent(absl::Time now) const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [clock, running] : clocks_) {
    const absl::Time at = DueOf(clock, running);
    if (at > now && !IsStopped(clock)) next = std::min(next, at);
  }
  return next;
}

void CaseMachine::Add(v1::ReadmissionStepKind kind, absl::Time at, std::optional<bool> by_requesting,
                      const v1::FiledStep* filed, const v1::TimeLimit* limit, bool overtaken) {
  events_.push_back({kind, state_, at, by_requesting, filed, limit, overtaken});
}

}  // namespace tamga::readmission
