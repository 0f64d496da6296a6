// The table of case_table.h at work: takes the steps of a case in their order, lets the clocks act in between, and
// tells where that leads. Inside of case_fold.h; others ask there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "node/readmission/case_fold.h"
#include "node/readmission/case_table.h"
#include "policy/readmission_terms.h"
#include "policy/time_limit.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

// How many steps of each side are looked at.
struct KnownSteps {
  uint32_t requesting = UINT32_MAX;
  uint32_t requested = UINT32_MAX;
};

// Why a step has no effect at its place.
enum class Verdict {
  kEffective,
  kNotFrom,  // the state, or what was done in it before, does not allow it
  kLate,     // its clock has passed
  kPlan,     // the plan agreed to is not the one proposed
  kUntil,    // the day to which the transfer is to be moved is not later than its limit
  kTooFar    // that day is later than its limit can be moved to
};

class CaseMachine {
 public:
  struct Event {
    v1::ReadmissionStepKind kind;
    v1::ReadmissionState state;  // after it
    absl::Time at;
    std::optional<bool> by_requesting;  // nothing: the clock
    const v1::FiledStep* filed;         // null for what no officer did
    const v1::TimeLimit* limit;         // the clock's
    bool overtaken;
  };

  struct RunningLimit {
    const v1::TimeLimit* limit;
    absl::Time started;
    absl::Time due;
    absl::Time latest = due;  // to which the sides may move it
  };

  // Both outlive this.
  CaseMachine(const v1::ReadmissionFile& file, const CaseLaw& law);

  // Takes all known steps that have not failed, and lets the clocks act until `now`; an instant before the last step
  // counts as that step's.
  void Run(const KnownSteps& known, absl::Time now);
  // Lets the clocks act until then.
  void RunClocks(absl::Time until);

  // Whether that side's step would have an effect at `at`. The clocks have acted until then.
  Verdict Judge(const CaseRow* row, const v1::ReadmissionStep& step, bool by_requesting, absl::Time at) const;
  // The same for particulars that fit.
  Verdict JudgeKind(const CaseRow& row, bool by_requesting, absl::Time at) const;

  v1::ReadmissionState state() const { return state_; }
  v1::ReadmissionState held() const { return held_; }
  v1::ReadmissionProcedure procedure() const { return procedure_; }
  // As last submitted.
  const v1::ReadmissionApplication& application() const { return *application_; }
  const std::vector<Event>& events() const { return events_; }
  const std::map<v1::CaseClock, RunningLimit>& clocks() const { return clocks_; }
  // When the reply is, or was, due; and what came of the receipt.
  std::optional<absl::Time> reply_due() const { return reply_due_; }
  std::optional<absl::Time> first_reply_due() const { return first_reply_due_; }
  // Whether the clock stands on the requesting side.
  bool StandsOnRequesting(v1::CaseClock clock) const;
  absl::Time NextEvent(absl::Time now) const;
  const policy::ReadmissionTerms& terms() const { return terms_; }
  // When the limit passes that runs from the day on which the person was found; nothing if that day is not known.
  std::optional<absl::Time> SubmissionDue(const v1::TimeLimit& limit) const;

 private:
  struct Item {
    v1::ReadmissionStepKind kind;
    absl::Time at;
    bool by_requesting;
    uint32_t number;  // 0: a receipt
    const v1::FiledStep* filed;
  };

  std::vector<Item> Order(const KnownSteps& known) const;
  void Take(const Item& item);
  void Receive(const Item& item);
  void Apply(const CaseRow& row, const Item& item);
  v1::ReadmissionState Next(const CaseRow& row, const Item& item);
  void Enter(v1::ReadmissionState state, absl::Time at);
  void EndClocks(v1::ReadmissionState state);
  void Start(v1::CaseClock clock, absl::Time at);
  void Act(v1::CaseClock clock, const CaseRow& row, absl::Time at);
  void FallBack();
  void MissSubmission(absl::Time at);
  const CaseRow* ActingRow(v1::CaseClock clock, const RunningLimit& running) const;
  // Whether a hold keeps the clock from acting.
  bool IsStopped(v1::CaseClock clock) const;
  absl::Time DueOf(v1::CaseClock clock, const RunningLimit& running) const;
  void Add(v1::ReadmissionStepKind kind, absl::Time at, std::optional<bool> by_requesting, const v1::FiledStep* filed,
           const v1::TimeLimit* limit, bool overtaken);

  const v1::ReadmissionFile& file_;
  const policy::ReadmissionTerms terms_;
  const policy::CountingDays days_;
  const v1::ReadmissionApplication* application_;
  v1::ReadmissionState state_ = v1::READMISSION_STATE_UNSPECIFIED;
  v1::ReadmissionProcedure procedure_;
  std::vector<Event> events_;
  std::map<v1::CaseClock, RunningLimit> clocks_;
  std::map<v1::ClockStart, absl::Time> instants_;
  std::optional<absl::Time> reply_due_, first_reply_due_;
  absl::Time last_ = absl::InfinitePast();  // of what has happened
  v1::ReadmissionState held_ = v1::READMISSION_STATE_UNSPECIFIED;
  absl::Time hold_began_;
  // By side: [1] is the requesting one.
  bool holds_[2] = {false, false};
  bool signed_[2] = {false, false};
  bool interview_asked_ = false;
  bool proposed_by_requesting_ = false;
  const v1::TransferPlan* plan_ = nullptr;
};

// The first instant after the day YYYY-MM-DD in the limit's time zone; nothing if there is no such day.
std::optional<absl::Time> EndOfDay(const std::string& day, const v1::TimeLimit& limit);
// The last day YYYY-MM-DD of which EndOfDay is not later than `instant`.
std::string LastDayBy(absl::Time instant, const v1::TimeLimit& limit);

}  // namespace tamga::readmission
