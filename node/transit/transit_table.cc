#include "node/transit/transit_table.h"

#include "absl/strings/strip.h"

namespace tamga::transit {
namespace {

using enum Who;

constexpr auto DRAFT = v1::TRANSIT_STATE_UNSPECIFIED;
constexpr auto SUBMITTED = v1::TRANSIT_STATE_SUBMITTED;
constexpr auto CONSENTED = v1::TRANSIT_STATE_CONSENTED;
constexpr auto REFUSED = v1::TRANSIT_STATE_REFUSED;
constexpr auto DONE = v1::TRANSIT_STATE_DONE;
constexpr auto REVOKED = v1::TRANSIT_STATE_REVOKED;
constexpr auto TAKEN_BACK = v1::TRANSIT_STATE_TAKEN_BACK;
constexpr auto LAPSED = v1::TRANSIT_STATE_LAPSED;
constexpr auto WITHDRAWN = v1::TRANSIT_STATE_WITHDRAWN;

constexpr auto SUBMIT = v1::TRANSIT_STEP_KIND_SUBMIT;
constexpr auto RECEIVE = v1::TRANSIT_STEP_KIND_RECEIVE;
constexpr auto CONSENT = v1::TRANSIT_STEP_KIND_CONSENT;
constexpr auto REFUSE = v1::TRANSIT_STEP_KIND_REFUSE;
constexpr auto WITHDRAW = v1::TRANSIT_STEP_KIND_WITHDRAW;
constexpr auto REVOKE = v1::TRANSIT_STEP_KIND_REVOKE;
constexpr auto REPORT_DONE = v1::TRANSIT_STEP_KIND_REPORT_DONE;
constexpr auto TAKE_BACK = v1::TRANSIT_STEP_KIND_TAKE_BACK;
constexpr auto LAPSE = v1::TRANSIT_STEP_KIND_LAPSE;
constexpr auto DEEM_CONSENTED = v1::TRANSIT_STEP_KIND_DEEM_CONSENTED;

constexpr auto NO_CLOCK = v1::CASE_CLOCK_UNSPECIFIED;
constexpr auto REPLY = v1::CASE_CLOCK_TRANSIT_REPLY;
constexpr auto VALIDITY = v1::CASE_CLOCK_TRANSIT_CONSENT;

constexpr auto NOTHING = v1::ON_EXPIRY_UNSPECIFIED;
constexpr auto DEEMED = v1::ON_EXPIRY_DEEMED_ACCEPTED;
constexpr auto LAPSES = v1::ON_EXPIRY_LAPSE;

// clang-format off
constexpr TransitRow kTable[] = {
    // from    | step          | to        | who may    | starts   | acts     | if its limit says | note
    {DRAFT,     SUBMIT,         SUBMITTED,  kRequesting, NO_CLOCK,  NO_CLOCK,  NOTHING, "treaty in force, safeguards clear, fields within the list: the door's checks"},
    {SUBMITTED, RECEIVE,        SUBMITTED,  kReceipt,    REPLY,     NO_CLOCK,  NOTHING, "signed by the requested node without a person"},
    {SUBMITTED, CONSENT,        CONSENTED,  kRequested,  VALIDITY,  NO_CLOCK,  NOTHING, "possible after its limit, too"},
    {SUBMITTED, REFUSE,         REFUSED,    kRequested,  NO_CLOCK,  NO_CLOCK,  NOTHING, "with a code and written reasons"},
    {SUBMITTED, WITHDRAW,       WITHDRAWN,  kRequesting, NO_CLOCK,  NO_CLOCK,  NOTHING, "before there is an answer; a consent that is not used lapses"},
    {SUBMITTED, DEEM_CONSENTED, CONSENTED,  kClock,      VALIDITY,  REPLY,     DEEMED,  "only where the treaty says so"},
    {CONSENTED, REPORT_DONE,    DONE,       kEither,     NO_CLOCK,  NO_CLOCK,  NOTHING, "by the escorts' side, or by the side whose border the person left"},
    {CONSENTED, REVOKE,         REVOKED,    kRequested,  NO_CLOCK,  NO_CLOCK,  NOTHING, "with a code and written reasons"},
    {CONSENTED, LAPSE,          LAPSED,     kClock,      NO_CLOCK,  VALIDITY,  LAPSES,  ""},
    {REVOKED,   TAKE_BACK,      TAKEN_BACK, kRequesting, NO_CLOCK,  NO_CLOCK,  NOTHING, "wherever the person has got to"},
};
// clang-format on

}  // namespace

absl::Span<const TransitRow> TransitTable() { return kTable; }

const TransitRow* FindRow(v1::TransitState state, v1::TransitStepKind kind) {
  for (const TransitRow& row : kTable) {
    if (row.from == state && row.kind == kind) return &row;
  }
  return nullptr;
}

bool MayTake(const TransitRow& row, bool requesting) {
  return row.who == kEither || row.who == (requesting ? kRequesting : kRequested);
}

std::vector<v1::TransitStepKind> StepsFrom(v1::TransitState state, bool requesting) {
  std::vector<v1::TransitStepKind> steps;
  for (const TransitRow& row : kTable) {
    if (row.from == state && MayTake(row, requesting)) steps.push_back(row.kind);
  }
  return steps;
}

v1::Operation OperationOf(v1::TransitStepKind kind) {
  switch (kind) {
    case SUBMIT:
      return v1::OPERATION_READMISSION_TRANSIT_SUBMIT;
    case CONSENT:
    case REFUSE:
    case WITHDRAW:
    case REVOKE:
    case REPORT_DONE:
    case TAKE_BACK:
      return v1::OPERATION_READMISSION_TRANSIT_STEP;
    default:
      return v1::OPERATION_UNSPECIFIED;
  }
}

std::string NameOf(v1::TransitState state) {
  return std::string(absl::StripPrefix(v1::TransitState_Name(state), "TRANSIT_STATE_"));
}

std::string NameOf(v1::TransitStepKind kind) {
  return std::string(absl::StripPrefix(v1::TransitStepKind_Name(kind), "TRANSIT_STEP_KIND_"));
}

}  // namespace tamga::transit
