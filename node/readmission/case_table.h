// The state machine of a readmission case as one table: which step leads from where to where, and who may take it. It
// says what is possible under any treaty; a treaty's terms and limits narrow it (case_fold.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

// A set of states.
class StateSet {
 public:
  template <typename... States>
  static constexpr StateSet Of(States... states) {
    return StateSet((uint64_t{0} | ... | (uint64_t{1} << static_cast<int>(states))));
  }
  constexpr bool Has(v1::ReadmissionState state) const {
    return (bits_ & (uint64_t{1} << static_cast<int>(state))) != 0;
  }
  constexpr StateSet operator|(StateSet other) const { return StateSet(bits_ | other.bits_); }

 private:
  explicit constexpr StateSet(uint64_t bits) : bits_(bits) {}
  uint64_t bits_;
};

// Who takes a step.
enum class Who {
  kRequesting,
  kRequested,
  kEither,
  kReceipt,  // the requested node, by its signed receipt
  kClock,    // both nodes, each by itself
  kOffice    // the clock or the own records officer
};

// What must hold beside the state, and where the step leads if the row does not say it.
enum class Guard {
  kNone,
  kSubmission,      // category and evidence known to the treaty, within its limit to apply
  kNotice,          // a valid passport, and willingness where the treaty wants it
  kReasons,         // in writing; the other guards of the kind are in step_checks.h
  kInterview,       // the evidence is an indication only, or there is no document
  kInterviewAsked,  // an interview is asked for and not yet reported
  kDocument,        // a travel document that is valid is in the application
  kUnsigned,        // no border officer has signed the hand-over yet
  kOtherSide,       // the other side made the proposal, and the plan is the one proposed
  kUntil,           // the limit runs, and the day named is later
  kSignature,       // the side has not signed yet; the state is entered with the second signature
  kHolder,          // the side holds the case; back to the state held with the last release
  kSame             // the state stays as it is
};

// One row. Rows with the same number are parts of one row of the text.
struct CaseRow {
  int number;  // in the state machine of the domain's text; 19: the accelerated procedure
  StateSet from;
  v1::ReadmissionStepKind kind;
  v1::ReadmissionState to;  // UNSPECIFIED: as the guard says
  Who who;
  Guard guard;
  v1::CaseClock starts;     // UNSPECIFIED: none
  v1::CaseClock barred_by;  // once this clock has passed, the step is too late; for the clock's steps: which clock acts
  const char* note;
};

// All rows, in the order of the text.
absl::Span<const CaseRow> CaseTable();

// The row for a step in a state; null: the step is not possible there. UNSPECIFIED is the state before the first step.
const CaseRow* FindRow(v1::ReadmissionState state, v1::ReadmissionStepKind kind);

// Whether the side may take the row's step by its own officers.
bool MayTake(const CaseRow& row, bool requesting);
// The same in any state.
bool MayTake(v1::ReadmissionStepKind kind, bool requesting);

// The steps that the side's officers may take in that state, in the order of the table.
std::vector<v1::ReadmissionStepKind> StepsFrom(v1::ReadmissionState state, bool requesting);

// States in which the case has ended.
bool IsEnd(v1::ReadmissionState state);

// The operation that carries the step; UNSPECIFIED for what no message carries.
v1::Operation OperationOf(v1::ReadmissionStepKind kind);

// "ON_HOLD", "ACCEPT": the names without their prefix.
std::string NameOf(v1::ReadmissionState state);
std::string NameOf(v1::ReadmissionStepKind kind);

}  // namespace tamga::readmission
