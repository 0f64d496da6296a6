// What follows from the steps that both sides of a transit operation have signed: its state, history and clocks. Pure:
// two nodes that hold the same steps and the same law have the same case. As node/readmission/case_fold.h, for a
// smaller machine.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/readmission/case_fold.h"
#include "tamga/v1/transit.pb.h"

namespace tamga::transit {

// The case at `now`, as `own_agency` sees it. A step that its place in the order does not allow is marked as overtaken
// and has no effect; the clock's own events are in the history. Divergence is what the file says, or a reply that the
// receipt says is due at another time than the law makes it (then since the receipt).
v1::TransitCase FoldTransit(const v1::TransitFile& file, const readmission::CaseLaw& law, const std::string& own_agency,
                            absl::Time now);

// OK if `agency` may take the step at `now`; SUBMIT is asked about a file that has no step yet. The form of the step is
// transit_checks.h's business. FailedPrecondition ILLEGAL_TRANSITION otherwise, naming the state and what is allowed
// instead.
absl::Status CheckStep(const v1::TransitFile& file, const readmission::CaseLaw& law, const std::string& agency,
                       const v1::TransitStep& step, absl::Time now);

// Sets case, number, seen, time, and, for the requested side, the receipt of the next step of `agency`. Its time is
// `now`, or just after the last step known if that is later.
void NumberStep(const v1::TransitFile& file, const std::string& agency, absl::Time now, v1::TransitStep* step);

// SHA-256 over the history as it was known to the side that took `step` when it took it, and the step itself: what is
// compared between the sides. 32 bytes.
std::string HistorySha256(const v1::TransitFile& file, const readmission::CaseLaw& law, const v1::TransitStep& step,
                          bool by_requesting);

// The side's steps that have not failed.
uint32_t CountSteps(const v1::TransitFile& file, bool requesting);

// The articles that the step rests on: those of the treaty's grants for its operation.
google::protobuf::RepeatedPtrField<std::string> ArticlesOf(const readmission::CaseLaw& law, v1::TransitStepKind kind);

}  // namespace tamga::transit
