// The state machine of a transit operation as one table: which step leads from where to where, and who may take it.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/transit.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::transit {

// Who takes a step.
enum class Who {
  kRequesting,
  kRequested,
  kEither,
  kReceipt,  // the requested node, by its signed receipt
  kClock     // both nodes, each by itself
};

struct TransitRow {
  v1::TransitState from;  // UNSPECIFIED: nothing is signed yet
  v1::TransitStepKind kind;
  v1::TransitState to;
  Who who;
  v1::CaseClock starts;  // UNSPECIFIED: none
  v1::CaseClock acts;    // of the clock's steps: which clock takes them when it has passed
  v1::OnExpiry outcome;  // and what its limit must say for that
  const char* note;
};

// All rows, in the order of a life.
absl::Span<const TransitRow> TransitTable();

// The row for a step in a state; null: the step is not possible there.
const TransitRow* FindRow(v1::TransitState state, v1::TransitStepKind kind);

// Whether the side may take the row's step by its own officers.
bool MayTake(const TransitRow& row, bool requesting);

// The steps that the side's officers may take in that state, in the order of the table.
std::vector<v1::TransitStepKind> StepsFrom(v1::TransitState state, bool requesting);

// The operation that carries the step; UNSPECIFIED for what no message carries.
v1::Operation OperationOf(v1::TransitStepKind kind);

// "CONSENTED", "REVOKE": the names without their prefix.
std::string NameOf(v1::TransitState state);
std::string NameOf(v1::TransitStepKind kind);

}  // namespace tamga::transit
