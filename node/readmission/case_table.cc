#include "node/readmission/case_table.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/strip.h"

namespace tamga::readmission {
namespace {

using enum Who;
using enum Guard;

constexpr auto DRAFT = v1::READMISSION_STATE_UNSPECIFIED;  // nothing is signed yet
constexpr auto NOTIFIED = v1::READMISSION_STATE_NOTIFIED;
constexpr auto SUBMITTED = v1::READMISSION_STATE_SUBMITTED;
constexpr auto RECEIVED = v1::READMISSION_STATE_RECEIVED;
constexpr auto RETURNED_INCOMPLETE = v1::READMISSION_STATE_RETURNED_INCOMPLETE;
constexpr auto VERIFYING = v1::READMISSION_STATE_VERIFYING;
constexpr auto INTERVIEW_ASKED = v1::READMISSION_STATE_INTERVIEW_ASKED;
constexpr auto INTERVIEW_HELD = v1::READMISSION_STATE_INTERVIEW_HELD;
constexpr auto EXTENDED = v1::READMISSION_STATE_EXTENDED;
constexpr auto ACCEPTED = v1::READMISSION_STATE_ACCEPTED;
constexpr auto DEEMED_ACCEPTED = v1::READMISSION_STATE_DEEMED_ACCEPTED;
constexpr auto REFUSED = v1::READMISSION_STATE_REFUSED;
constexpr auto TRAVEL_DOC_ASKED = v1::READMISSION_STATE_TRAVEL_DOC_ASKED;
constexpr auto TRAVEL_DOC_ISSUED = v1::READMISSION_STATE_TRAVEL_DOC_ISSUED;
constexpr auto TRANSFER_PROPOSED = v1::READMISSION_STATE_TRANSFER_PROPOSED;
constexpr auto TRANSFER_AGREED = v1::READMISSION_STATE_TRANSFER_AGREED;
constexpr auto HANDED_OVER = v1::READMISSION_STATE_HANDED_OVER;
constexpr auto ERROR_CLAIMED = v1::READMISSION_STATE_ERROR_CLAIMED;
constexpr auto TAKEN_BACK = v1::READMISSION_STATE_TAKEN_BACK;
constexpr auto WITHDRAWN = v1::READMISSION_STATE_WITHDRAWN;
constexpr auto LAPSED = v1::READMISSION_STATE_LAPSED;
constexpr auto ON_HOLD = v1::READMISSION_STATE_ON_HOLD;
constexpr auto CLOSED = v1::READMISSION_STATE_CLOSED;
constexpr auto NOT_DELIVERED = v1::READMISSION_STATE_NOT_DELIVERED;
constexpr auto AS_GUARDED = v1::READMISSION_STATE_UNSPECIFIED;

constexpr auto NOTIFY = v1::READMISSION_STEP_KIND_NOTIFY;
constexpr auto SUBMIT = v1::READMISSION_STEP_KIND_SUBMIT;
constexpr auto RECEIVE = v1::READMISSION_STEP_KIND_RECEIVE;
constexpr auto RETURN_INCOMPLETE = v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE;
constexpr auto RESUBMIT = v1::READMISSION_STEP_KIND_RESUBMIT;
constexpr auto VERIFY = v1::READMISSION_STEP_KIND_VERIFY;
constexpr auto ASK_INTERVIEW = v1::READMISSION_STEP_KIND_ASK_INTERVIEW;
constexpr auto REPORT_INTERVIEW = v1::READMISSION_STEP_KIND_REPORT_INTERVIEW;
constexpr auto EXTEND = v1::READMISSION_STEP_KIND_EXTEND;
constexpr auto ACCEPT = v1::READMISSION_STEP_KIND_ACCEPT;
constexpr auto REFUSE = v1::READMISSION_STEP_KIND_REFUSE;
constexpr auto DEEM_ACCEPTED = v1::READMISSION_STEP_KIND_DEEM_ACCEPTED;
constexpr auto ASK_TRAVEL_DOCUMENT = v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT;
constexpr auto ISSUE_TRAVEL_DOCUMENT = v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT;
constexpr auto STANDARD_DOCUMENT = v1::READMISSION_STEP_KIND_STANDARD_DOCUMENT;
constexpr auto PROPOSE_TRANSFER = v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER;
constexpr auto AGREE_TRANSFER = v1::READMISSION_STEP_KIND_AGREE_TRANSFER;
constexpr auto EXTEND_TRANSFER = v1::READMISSION_STEP_KIND_EXTEND_TRANSFER;
constexpr auto HAND_OVER = v1::READMISSION_STEP_KIND_HAND_OVER;
constexpr auto TAKE_OVER = v1::READMISSION_STEP_KIND_TAKE_OVER;
constexpr auto CLAIM_ERROR = v1::READMISSION_STEP_KIND_CLAIM_ERROR;
constexpr auto TAKE_BACK = v1::READMISSION_STEP_KIND_TAKE_BACK;
constexpr auto WITHDRAW = v1::READMISSION_STEP_KIND_WITHDRAW;
constexpr auto HOLD = v1::READMISSION_STEP_KIND_HOLD;
constexpr auto RELEASE = v1::READMISSION_STEP_KIND_RELEASE;
constexpr auto LAPSE = v1::READMISSION_STEP_KIND_LAPSE;
constexpr auto FALL_BACK = v1::READMISSION_STEP_KIND_FALL_BACK;
constexpr auto CLOSE = v1::READMISSION_STEP_KIND_CLOSE;

constexpr auto NO_CLOCK = v1::CASE_CLOCK_UNSPECIFIED;
constexpr auto REPLY = v1::CASE_CLOCK_REPLY;
constexpr auto EXTENDED_REPLY = v1::CASE_CLOCK_EXTENDED_REPLY;
constexpr auto TRAVEL_DOCUMENT = v1::CASE_CLOCK_TRAVEL_DOCUMENT;
constexpr auto TRANSFER = v1::CASE_CLOCK_TRANSFER;
constexpr auto ERROR_CLAIM = v1::CASE_CLOCK_ERROR_CLAIM;
constexpr auto SUBMISSION = v1::CASE_CLOCK_SUBMISSION;
constexpr auto CLOSING = v1::CASE_CLOCK_CLOSING;

template <typename... States>
constexpr StateSet From(States... states) {
  return StateSet::Of(states...);
}

constexpr StateSet kUnanswered = From(RECEIVED, VERIFYING, INTERVIEW_ASKED, INTERVIEW_HELD);
constexpr StateSet kToBeTransferred =
    From(ACCEPTED, DEEMED_ACCEPTED, TRAVEL_DOC_ASKED, TRAVEL_DOC_ISSUED, TRANSFER_PROPOSED, TRANSFER_AGREED);
constexpr StateSet kBeforeHandOver =
    kUnanswered | kToBeTransferred | From(NOTIFIED, SUBMITTED, RETURNED_INCOMPLETE, EXTENDED, ON_HOLD);
constexpr StateSet kEnds = From(REFUSED, HANDED_OVER, TAKEN_BACK, WITHDRAWN, LAPSED, NOT_DELIVERED);

// clang-format off
constexpr CaseRow kTable[] = {
    //  # | from                                    | step                  | to                 | who may    | guard          | clock started  | clock that bars or acts | note
    {  0, From(DRAFT),                                NOTIFY,                 NOTIFIED,            kRequesting, kNotice,         NO_CLOCK,        NO_CLOCK,        "plain notice: no application and no answer"},
    {  0, From(NOTIFIED),                             RECEIVE,                NOTIFIED,            kReceipt,    kNone,           NO_CLOCK,        NO_CLOCK,        "nothing to reply to"},
    {  0, From(NOTIFIED),                             PROPOSE_TRANSFER,       TRANSFER_PROPOSED,   kEither,     kNone,           NO_CLOCK,        NO_CLOCK,        "on to the transfer"},
    {  1, From(DRAFT),                                SUBMIT,                 SUBMITTED,           kRequesting, kSubmission,     NO_CLOCK,        SUBMISSION,      "treaty in force, safeguards clear, fields within the list: the door's checks"},
    {  2, From(SUBMITTED),                            RECEIVE,                RECEIVED,            kReceipt,    kNone,           REPLY,           NO_CLOCK,        "signed by the requested node without a person"},
    {  3, From(RECEIVED),                             RETURN_INCOMPLETE,      RETURNED_INCOMPLETE, kRequested,  kNone,           NO_CLOCK,        NO_CLOCK,        "with a code"},
    {  3, From(RETURNED_INCOMPLETE),                  RESUBMIT,               SUBMITTED,           kRequesting, kSubmission,     NO_CLOCK,        NO_CLOCK,        "whether the reply clock starts anew is the treaty's to say"},
    {  4, From(RECEIVED),                             VERIFY,                 VERIFYING,           kRequested,  kNone,           NO_CLOCK,        NO_CLOCK,        "enquiries"},
    {  5, From(VERIFYING),                            ASK_INTERVIEW,          INTERVIEW_ASKED,     kEither,     kInterview,      NO_CLOCK,        NO_CLOCK,        "by the requested State's mission"},
    {  5, From(EXTENDED),                             ASK_INTERVIEW,          EXTENDED,            kEither,     kInterview,      NO_CLOCK,        NO_CLOCK,        "an extension leaves room for an interview"},
    {  6, From(INTERVIEW_ASKED),                      REPORT_INTERVIEW,       INTERVIEW_HELD,      kRequested,  kInterviewAsked, NO_CLOCK,        NO_CLOCK,        "in writing; the reply clock runs on"},
    {  6, From(EXTENDED),                             REPORT_INTERVIEW,       EXTENDED,            kRequested,  kInterviewAsked, NO_CLOCK,        NO_CLOCK,        "in writing; the reply clock runs on"},
    {  6, From(INTERVIEW_HELD),                       VERIFY,                 VERIFYING,           kRequested,  kNone,           NO_CLOCK,        NO_CLOCK,        "enquiries go on"},
    {  7, kUnanswered,                                EXTEND,                 EXTENDED,            kRequested,  kReasons,        EXTENDED_REPLY,  REPLY,           "once, before expiry"},
    {  8, From(VERIFYING, EXTENDED),                  ACCEPT,                 ACCEPTED,            kRequested,  kNone,           TRANSFER,        NO_CLOCK,        ""},
    {  8, From(VERIFYING, EXTENDED),                  REFUSE,                 REFUSED,             kRequested,  kReasons,        CLOSING,         NO_CLOCK,        "with a code and written reasons"},
    {  9, kUnanswered | From(EXTENDED),               DEEM_ACCEPTED,          DEEMED_ACCEPTED,     kClock,      kNone,           TRANSFER,        REPLY,           "REPLY or EXTENDED_REPLY has passed, where the treaty says so"},
    { 10, From(ACCEPTED, DEEMED_ACCEPTED),            ASK_TRAVEL_DOCUMENT,    TRAVEL_DOC_ASKED,    kRequesting, kNone,           TRAVEL_DOCUMENT, NO_CLOCK,        "irrespective of the person's will"},
    { 10, From(TRAVEL_DOC_ASKED),                     ISSUE_TRAVEL_DOCUMENT,  TRAVEL_DOC_ISSUED,   kRequested,  kNone,           NO_CLOCK,        NO_CLOCK,        ""},
    { 11, From(TRAVEL_DOC_ASKED),                     STANDARD_DOCUMENT,      TRAVEL_DOC_ISSUED,   kClock,      kNone,           NO_CLOCK,        TRAVEL_DOCUMENT, "the requesting State's standard document counts as accepted"},
    { 12, From(TRAVEL_DOC_ISSUED),                    PROPOSE_TRANSFER,       TRANSFER_PROPOSED,   kEither,     kNone,           NO_CLOCK,        NO_CLOCK,        "day, crossing point, means, escorts, care"},
    { 12, From(ACCEPTED, DEEMED_ACCEPTED),            PROPOSE_TRANSFER,       TRANSFER_PROPOSED,   kEither,     kDocument,       NO_CLOCK,        NO_CLOCK,        "no travel document need be asked for"},
    { 12, From(TRANSFER_PROPOSED, TRANSFER_AGREED),   PROPOSE_TRANSFER,       TRANSFER_PROPOSED,   kEither,     kUnsigned,       NO_CLOCK,        NO_CLOCK,        "proposed otherwise"},
    { 12, From(TRANSFER_PROPOSED),                    AGREE_TRANSFER,         TRANSFER_AGREED,     kEither,     kOtherSide,      NO_CLOCK,        NO_CLOCK,        "repeats the plan"},
    { 12, kToBeTransferred,                           EXTEND_TRANSFER,        AS_GUARDED,          kEither,     kUntil,          NO_CLOCK,        TRANSFER,        "for an obstacle, with reasons, before expiry"},
    { 13, From(TRANSFER_AGREED),                      HAND_OVER,              HANDED_OVER,         kRequesting, kSignature,      ERROR_CLAIM,     NO_CLOCK,        "handed over with both signatures"},
    { 13, From(TRANSFER_AGREED),                      TAKE_OVER,              HANDED_OVER,         kRequested,  kSignature,      ERROR_CLAIM,     NO_CLOCK,        "handed over with both signatures"},
    { 14, From(HANDED_OVER),                          CLAIM_ERROR,            ERROR_CLAIMED,       kRequested,  kReasons,        NO_CLOCK,        ERROR_CLAIM,     "the conditions were not met"},
    { 14, From(ERROR_CLAIMED),                        TAKE_BACK,              TAKEN_BACK,          kRequesting, kNone,           CLOSING,         NO_CLOCK,        "all documents go back with the person"},
    { 15, kBeforeHandOver,                            WITHDRAW,               WITHDRAWN,           kRequesting, kUnsigned,       CLOSING,         NO_CLOCK,        "with a code; not while a person is being handed over"},
    { 16, kBeforeHandOver,                            HOLD,                   ON_HOLD,             kEither,     kNone,           NO_CLOCK,        NO_CLOCK,        "both may hold"},
    { 16, From(ON_HOLD),                              RELEASE,                AS_GUARDED,          kEither,     kHolder,         NO_CLOCK,        NO_CLOCK,        "each its own hold; back with the last"},
    { 17, kToBeTransferred,                           LAPSE,                  LAPSED,              kClock,      kUnsigned,       CLOSING,         TRANSFER,        "not while a person is being handed over"},
    { 18, kEnds,                                      CLOSE,                  CLOSED,              kOffice,     kNone,           NO_CLOCK,        CLOSING,         "personal data are erased, the log is kept"},
    { 19, kUnanswered | From(SUBMITTED, EXTENDED),    FALL_BACK,              AS_GUARDED,          kClock,      kSame,           NO_CLOCK,        REPLY,           "accelerated becomes normal: SUBMISSION, REPLY or EXTENDED_REPLY was missed"},
};
// clang-format on

}  // namespace

absl::Span<const CaseRow> CaseTable() { return kTable; }

const CaseRow* FindRow(v1::ReadmissionState state, v1::ReadmissionStepKind kind) {
  for (const CaseRow& row : kTable) {
    if (row.kind == kind && row.from.Has(state)) return &row;
  }
  return nullptr;
}

bool MayTake(const CaseRow& row, bool requesting) {
  return row.who == kEither || row.who == (requesting ? kRequesting : kRequested);
}

bool MayTake(v1::ReadmissionStepKind kind, bool requesting) {
  return std::any_of(std::begin(kTable), std::end(kTable),
                     [&](const CaseRow& row) { return row.kind == kind && MayTake(row, requesting); });
}

std::vector<v1::ReadmissionStepKind> StepsFrom(v1::ReadmissionState state, bool requesting) {
  std::vector<v1::ReadmissionStepKind> steps;
  for (const CaseRow& row : kTable) {
    if (row.from.Has(state) && MayTake(row, requesting)) steps.push_back(row.kind);
  }
  return steps;
}

bool IsEnd(v1::ReadmissionState state) { return kEnds.Has(state) || state == CLOSED; }

v1::Operation OperationOf(v1::ReadmissionStepKind kind) {
  switch (kind) {
    case NOTIFY:
      return v1::OPERATION_READMISSION_NOTIFY;
    case SUBMIT:
      return v1::OPERATION_READMISSION_SUBMIT;
    case ACCEPT:
    case REFUSE:
      return v1::OPERATION_READMISSION_REPLY;
    case RETURN_INCOMPLETE:
    case RESUBMIT:
    case VERIFY:
    case ASK_INTERVIEW:
    case REPORT_INTERVIEW:
    case EXTEND:
    case WITHDRAW:
    case HOLD:
    case RELEASE:
      return v1::OPERATION_READMISSION_STEP;
    case ASK_TRAVEL_DOCUMENT:
    case ISSUE_TRAVEL_DOCUMENT:
      return v1::OPERATION_READMISSION_TRAVEL_DOCUMENT;
    case PROPOSE_TRANSFER:
    case AGREE_TRANSFER:
    case EXTEND_TRANSFER:
    case HAND_OVER:
    case TAKE_OVER:
    case CLAIM_ERROR:
    case TAKE_BACK:
      return v1::OPERATION_READMISSION_TRANSFER;
    default:
      return v1::OPERATION_UNSPECIFIED;
  }
}

std::string NameOf(v1::ReadmissionState state) {
  const std::string& name = v1::ReadmissionState_Name(state);
  return std::string(absl::StripPrefix(name, "READMISSION_STATE_"));
}

std::string NameOf(v1::ReadmissionStepKind kind) {
  const std::string& name = v1::ReadmissionStepKind_Name(kind);
  return std::string(absl::StripPrefix(name, "READMISSION_STEP_KIND_"));
}

}  // namespace tamga::readmission
