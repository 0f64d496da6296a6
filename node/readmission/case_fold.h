// What follows from the steps that both sides of a case have signed: its state, history and clocks. Pure: two nodes
// that hold the same steps and the same law have the same case.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "policy/calendars.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

// The law that a case is pinned to.
struct CaseLaw {
  std::shared_ptr<const void> keeps;  // owner of what the pointers point to
  const v1::Treaty* treaty;
  const policy::Calendars* calendars;
};

struct FoldedCase {
  v1::ReadmissionCase record;  // as `own_agency` sees it: delivery states, possible steps
  absl::Time next_event;       // when the clock changes it next; InfiniteFuture: never
  std::string history_sha256;  // over all steps that have not failed, 32 bytes
};

// The case at `now`. A step that its place in the order does not allow is marked as overtaken and has no effect; the
// clock's own events are in the history. Divergence is what the file says, or a reply that the receipt says is due at
// another time than the law makes it (then since the receipt).
FoldedCase FoldCase(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& own_agency, absl::Time now);

// OK if `agency` may take the step at `now`; SUBMIT and NOTIFY are asked about a file that has no first step yet. The
// form of the step is step_checks.h's business. FailedPrecondition otherwise, with reason
//   ILLEGAL_TRANSITION  the state does not allow it; names the state and what is allowed instead
//   TREATY_STEP         the treaty does not know the step, the group of persons, or the limit that it needs
//   LATE                the limit for it has passed
//   NO_PROOF            the papers or the evidence that it needs are not in the application
// or InvalidArgument INVALID_FIELD for particulars that the treaty or the case does not allow.
absl::Status CheckStep(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& agency,
                       const v1::ReadmissionStep& step, absl::Time now);

// Sets case, number, seen, time, and, for the requested side, the receipt of the next step of `agency`. Its time is
// `now`, or just after the last step known if that is later.
void NumberStep(const v1::ReadmissionFile& file, const std::string& agency, absl::Time now, v1::ReadmissionStep* step);

// The articles that the step rests on: those of the treaty's rule for it. Empty: the treaty does not know the step.
google::protobuf::RepeatedPtrField<std::string> ArticlesOf(const CaseLaw& law, v1::ReadmissionStepKind kind);

// SHA-256 over the history as it was known to the side that took `step` when it took it, and the step itself: what is
// compared between the sides. 32 bytes.
std::string HistorySha256(const v1::ReadmissionFile& file, const CaseLaw& law, const v1::ReadmissionStep& step,
                          bool by_requesting);

// Takes note, at `now`, of what the clock did in the folded case and the file does not hold yet. Returns the number of
// such events.
int NoteClockEvents(const FoldedCase& folded, absl::Time now, v1::ReadmissionFile* file);

}  // namespace tamga::readmission
