#include "node/audit/openings.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/call_context.h"
#include "node/exchange/message.h"

namespace tamga::audit {
namespace {

// One officer agrees; the auditor is the second person.
policy::Decision NeedsOneOfficer() {
  v1::Obligation four_eyes;
  four_eyes.set_type(v1::OBLIGATION_TYPE_FOUR_EYES);
  four_eyes.set_bearer(v1::BEARER_ANSWERER);
  four_eyes.set_amount(1);
  policy::Decision decision;
  decision.reason = "APPROVAL_REQUIRED";
  decision.explanation = "A kept message is opened for an auditor only with an officer's consent.";
  decision.obligations.Add(four_eyes);
  return decision;
}

absl::Status CheckRequest(const v1::OpenMessageRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  if (request.context().purpose() != v1::PURPOSE_AUDIT) return InvalidField("context.purpose", "must be AUDIT");
  RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  switch (request.entry()) {
    case v1::ENTRY_KIND_SENT:
    case v1::ENTRY_KIND_RECEIVED:
    case v1::ENTRY_KIND_ANSWERED:
    case v1::ENTRY_KIND_DELIVERED:
      return absl::OkStatus();
    default:
      return InvalidField("entry", "must be SENT, RECEIVED, ANSWERED or DELIVERED: the entry that records the message");
  }
}

// For the officer.
std::string InWords(const v1::OpenMessageRequest& request) {
  return absl::StrCat(absl::StripPrefix(v1::EntryKind_Name(request.entry()), "ENTRY_KIND_"), " of ",
                      request.exchange_id(), " with ", request.partner());
}

v1::MessageHeader HeaderOf(const certs::Principal& auditor, const v1::OpenMessageRequest& request,
                           const std::string& own_agency) {
  v1::MessageHeader header;
  header.set_from(auditor.agency);
  header.set_to(own_agency);
  header.set_purpose(v1::PURPOSE_AUDIT);
  header.set_record_kind(v1::RECORD_KIND_LOG);
  header.mutable_asker()->set_principal(auditor.SpiffeId());
  // So that an auditor who is an officer of the agency as well does not agree with himself.
  header.mutable_asker()->set_officer(auditor.name);
  header.mutable_asker()->set_case_reference(request.context().case_reference());
  return header;
}

}  // namespace

absl::StatusOr<v1::OpenMessageResponse> Openings::Open(const certs::Principal& auditor,
                                                       const v1::OpenMessageRequest& request) const {
  if (auditor.State() != StateOf(parts_.own_agency)) {
    return Error(absl::StatusCode::kPermissionDenied, "WRONG_STATE",
                 absl::StrCat("messages are opened for auditors of ", StateOf(parts_.own_agency), " only"));
  }
  RETURN_IF_ERROR(CheckRequest(request));
  ASSIGN_OR_RETURN(exchange::KeptRow kept, Find(request));
  v1::MessageHeader header = HeaderOf(auditor, request, parts_.own_agency);
  const policy::Decision decision = NeedsOneOfficer();
  ASSIGN_OR_RETURN(exchange::Approval approval, approvals_.Find(header, decision, InWords(request)));
  approval.request.set_opens(InWords(request));
  if (approval.given() < approval.request.needed()) {
    if (!approval.waits) RETURN_IF_ERROR(parts_.sequencer.Commit(approvals_.Keep(approval)));
    return ApprovalRequired(decision, approval);
  }
  header.set_exchange_id(*ParseUuidV7(request.exchange_id()));
  header.mutable_asker()->clear_officer();
  v1::LogEntry entry = exchange::StartEntry(v1::ENTRY_KIND_OPENED, header, parts_.own_agency, auditor.agency,
                                            parts_.pseudonyms, parts_.clock.Now());
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  exchange::AddSeal(kept.kept.message(), &entry);
  entry.set_approval_sha256(approval.request.request_sha256());
  ASSIGN_OR_RETURN(const ledger::Appended logged,
                   parts_.sequencer.Append({approvals_.UseUp(approval), entry.SerializeAsString()}));
  v1::OpenMessageResponse response;
  *response.mutable_message() = std::move(*kept.kept.mutable_message());
  response.mutable_own_log()->set_origin(parts_.log_origin);
  response.mutable_own_log()->set_index(logged.index);
  return response;
}

absl::StatusOr<exchange::KeptRow> Openings::Find(const v1::OpenMessageRequest& request) const {
  const absl::StatusOr<std::string> exchange_id = ParseUuidV7(request.exchange_id());
  if (!exchange_id.ok()) return InvalidField("exchange_id", "must be a UUID of version 7 in text form, lower case");
  absl::StatusOr<exchange::KeptRow> kept =
      exchange::FindAndRead(parts_.database, parts_.vault, {request.partner(), *exchange_id, request.entry()});
  if (absl::IsNotFound(kept.status())) {
    return Error(absl::StatusCode::kNotFound, "MESSAGE_UNKNOWN",
                 "no such message is kept here; look at the exchange's entries, and at their partner");
  }
  RETURN_IF_ERROR(kept.status());
  if (kept->HasPayload()) return kept;
  return Error(absl::StatusCode::kNotFound, "ERASED_ALREADY",
               "the message's content was erased, or it never had one; its header and seal are in the evidence");
}

}  // namespace tamga::audit
