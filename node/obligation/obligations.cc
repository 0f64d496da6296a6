#include "node/obligation/obligations.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/audit/visibility.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/exchange/call_context.h"
#include "node/exchange/holding.h"
#include "node/store/transaction.h"

namespace tamga::obligation {
namespace {

constexpr int kMaxAttemptsOnConflict = 3;

// Whether an exchange of later shows that it was seen to.
bool IsToTell(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_NOTIFY_WITHIN || type == v1::OBLIGATION_TYPE_REPORT_USE;
}

absl::StatusOr<std::string> ExchangeId(absl::string_view field, const std::string& text) {
  absl::StatusOr<std::string> id = ParseUuidV7(text);
  if (id.ok()) return id;
  return InvalidField(field, "must be the identifier of an exchange: a UUID of version 7, lower case");
}

absl::Status CheckRequest(const v1::DischargeObligationRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  RETURN_IF_ERROR(ExchangeId("exchange_id", request.exchange_id()).status());
  RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  const v1::ObligationType type = request.obligation();
  if (type == v1::OBLIGATION_TYPE_UNSPECIFIED || !v1::ObligationType_IsValid(type)) {
    return InvalidField("obligation", "is required: say which obligation was seen to");
  }
  if (IsToTell(type)) return ExchangeId("told_by_exchange", request.told_by_exchange()).status();
  if (type != v1::OBLIGATION_TYPE_HUMAN_REVIEW) {
    return Error(
        absl::StatusCode::kFailedPrecondition, "NOT_FOR_OFFICERS",
        "obligation: the node itself sees to it; officers discharge HUMAN_REVIEW, NOTIFY_WITHIN and REPORT_USE");
  }
  if (!request.told_by_exchange().empty()) {
    return InvalidField("told_by_exchange", "is only for NOTIFY_WITHIN and REPORT_USE");
  }
  return absl::OkStatus();
}

// Whether a request of this operation tells a record; the others only ask.
bool Tells(int operation) {
  switch (operation) {
    case v1::OPERATION_READMISSION_SUBMIT:
    case v1::OPERATION_READMISSION_REPLY:
    case v1::OPERATION_READMISSION_NOTIFY:
    case v1::OPERATION_READMISSION_STEP:
    case v1::OPERATION_READMISSION_TRAVEL_DOCUMENT:
    case v1::OPERATION_READMISSION_TRANSFER:
    case v1::OPERATION_READMISSION_ATTACH:
    case v1::OPERATION_READMISSION_TRANSIT_SUBMIT:
    case v1::OPERATION_READMISSION_TRANSIT_STEP:
    case v1::OPERATION_TRAFFICKING_REFER:
    case v1::OPERATION_TRAFFICKING_SHARE:
      return true;
    default:
      return false;
  }
}

// Whether the entry shows that we told the partner something of this kind.
bool IsDelivered(const store::EntryRow& row, const v1::Holding& holding) {
  return Tells(row.operation) && row.partner == holding.partner() && row.outcome == v1::ENTRY_OUTCOME_PERMITTED &&
         row.kind == v1::ENTRY_KIND_DELIVERED && row.record_kind == holding.record_kind();
}

}  // namespace

absl::StatusOr<v1::ListHoldingsResponse> Obligations::List(const exchange::Call& call,
                                                           const v1::ListHoldingsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  store::HoldingFilter filter;
  if (!v1::DutyState_IsValid(request.state())) return InvalidField("state", "must be a value of this version");
  if (request.state() != v1::DUTY_STATE_UNSPECIFIED) filter.states = 1u << request.state();
  if (!request.partner().empty()) RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  filter.partner = request.partner();
  if (!request.exchange_id().empty()) {
    ASSIGN_OR_RETURN(filter.exchange_id, ExchangeId("exchange_id", request.exchange_id()));
  }
  filter.partner_state = audit::Visibility(call.caller, StateOf(parts_.own_agency), parts_.pseudonyms).partner_state();
  store::HoldingPage page;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(page, session->ListHoldings(filter, page_size, request.page_token()));
  }
  v1::ListHoldingsResponse response;
  for (const store::HoldingRow& row : page.holdings) {
    ASSIGN_OR_RETURN(*response.add_holdings(), exchange::HoldingOf(row));
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::DischargeObligationResponse> Obligations::Discharge(const exchange::Call& call,
                                                                       const v1::DischargeObligationRequest& request) {
  RETURN_IF_ERROR(CheckRequest(request));
  absl::StatusOr<v1::DischargeObligationResponse> response = DischargeOnce(call, request);
  // The node raised an alarm or erased meanwhile: look again.
  for (int attempt = 1; absl::IsAborted(response.status()) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    response = DischargeOnce(call, request);
  }
  return response;
}

absl::StatusOr<v1::DischargeObligationResponse> Obligations::DischargeOnce(
    const exchange::Call& call, const v1::DischargeObligationRequest& request) {
  v1::DischargeObligationResponse response;
  v1::Holding& holding = *response.mutable_holding();
  ASSIGN_OR_RETURN(holding, Find(request));
  const std::string before = holding.SerializeAsString();
  v1::HoldingDuty& duty = *exchange::FindDuty(request.obligation(), &holding);
  if (!exchange::IsToBeDone(duty)) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_OPEN",
                 absl::StrCat("obligation: it is ", absl::StripPrefix(v1::DutyState_Name(duty.state()), "DUTY_STATE_"),
                              " already"));
  }
  if (request.context().purpose() != holding.purpose()) {
    return InvalidField("context.purpose",
                        absl::StrCat("must be that of the exchange, ",
                                     absl::StripPrefix(v1::Purpose_Name(holding.purpose()), "PURPOSE_")));
  }
  if (IsToTell(request.obligation())) RETURN_IF_ERROR(CheckTold(request, holding));

  const absl::Time now = parts_.clock.Now();
  v1::Asker asker;
  asker.set_principal(call.caller.SpiffeId());
  asker.set_officer(request.context().officer());
  duty.set_state(v1::DUTY_STATE_DISCHARGED);
  *duty.mutable_done_at() = ToProto(now);
  duty.set_done_by_pseudonym(parts_.pseudonyms.OfAsker(asker));
  duty.set_told_by_exchange(request.told_by_exchange());

  v1::LogEntry entry = exchange::StartEntry(v1::ENTRY_KIND_DISCHARGED, holding, parts_.own_agency, now);
  entry.set_purpose(request.context().purpose());
  entry.set_asker_pseudonym(duty.done_by_pseudonym());
  entry.set_case_pseudonym(parts_.pseudonyms.OfCase(request.context().case_reference()));
  entry.add_obligations(request.obligation());
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects.writes.push_back([row = exchange::RowOf(holding), before](store::Transaction& transaction) {
    return transaction.ChangeHolding(row, before);
  });
  ASSIGN_OR_RETURN(const ledger::Appended appended, parts_.sequencer.Append(std::move(submission)));
  response.mutable_own_log()->set_origin(parts_.log_origin);
  response.mutable_own_log()->set_index(appended.index);
  return response;
}

absl::StatusOr<v1::Holding> Obligations::Find(const v1::DischargeObligationRequest& request) const {
  ASSIGN_OR_RETURN(const std::string exchange_id, ExchangeId("exchange_id", request.exchange_id()));
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  for (const bool own_asked : {true, false}) {
    const absl::StatusOr<store::HoldingRow> row = session->GetHolding({exchange_id, request.partner(), own_asked});
    if (absl::IsNotFound(row.status())) continue;
    RETURN_IF_ERROR(row.status());
    ASSIGN_OR_RETURN(v1::Holding holding, exchange::HoldingOf(*row));
    if (exchange::FindDuty(request.obligation(), &holding) != nullptr) return holding;
  }
  return Error(absl::StatusCode::kNotFound, "HOLDING_UNKNOWN",
               absl::StrCat("exchange_id: no exchange of this id with ", request.partner(),
                            " left this obligation here; ListHoldings shows what there is"));
}

absl::Status Obligations::CheckTold(const v1::DischargeObligationRequest& request, const v1::Holding& holding) const {
  ASSIGN_OR_RETURN(const std::string told_by, ExchangeId("told_by_exchange", request.told_by_exchange()));
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, session->EntriesOfExchange(told_by));
  const std::string case_file = parts_.pseudonyms.OfCase(request.context().case_reference());
  for (const store::EntryRow& row : rows) {
    const bool later = told_by != holding.exchange_id() && row.time > FromProto(holding.received_at());
    const bool same_case = row.case_file == case_file.substr(0, store::kIndexedPseudonymBytes);
    if (later && same_case && IsDelivered(row, holding)) return absl::OkStatus();
  }
  return Error(
      absl::StatusCode::kFailedPrecondition, "NOT_TOLD",
      absl::StrCat("told_by_exchange: the own log has no later exchange of this id in which this agency told ",
                   request.partner(), " of a ",
                   absl::AsciiStrToLower(absl::StripPrefix(v1::RecordKind_Name(holding.record_kind()), "RECORD_KIND_")),
                   " under this case_reference"));
}

}  // namespace tamga::obligation
