#include "node/readmission/readmission_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/readmission/case_history.h"
#include "node/readmission/request_checks.h"

namespace tamga::readmission {
namespace {

// An answer that was left out is no fact: the policy then treats it as unknown.
policy::Facts FactsOf(const v1::ReadmissionSafeguards& safeguards) {
  policy::Facts facts;
  facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, safeguards.asylum_claim_open());
  facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, safeguards.trafficking_indicator());
  facts.SetFlag(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, safeguards.unaccompanied_minor());
  return facts;
}

// True if another call with the same key was sent at the same time: what it did is there now.
bool LostRaceForKey(const absl::Status& status, const v1::CallContext& context) {
  return absl::IsAborted(status) && !context.idempotency_key().empty();
}

exchange::Outgoing Question(const exchange::Call& call, const v1::CallContext& context, v1::Operation operation) {
  exchange::Outgoing question;
  question.caller = call.caller;
  question.context = context;
  question.record_kind = v1::RECORD_KIND_READMISSION;
  question.operation = operation;
  question.deadline = call.deadline;
  return question;
}

}  // namespace

ReadmissionDesk::ReadmissionDesk(std::string own_agency, store::Records& records, exchange::Asking& door,
                                 exchange::UseCheck& uses, const Clock& clock, Rng& rng)
    : own_agency_(std::move(own_agency)),
      records_(records),
      door_(door),
      uses_(uses),
      clock_(clock),
      rng_(rng),
      keys_("readmission-key", records) {}

absl::StatusOr<v1::SubmitReadmissionResponse> ReadmissionDesk::Submit(const exchange::Call& call,
                                                                      const v1::SubmitReadmissionRequest& request) {
  RETURN_IF_ERROR(CheckSubmission(request, own_agency_));
  absl::StatusOr<v1::SubmitReadmissionResponse> response = SubmitOnce(call, request);
  if (LostRaceForKey(response.status(), request.context())) response = SubmitOnce(call, request);
  return response;
}

absl::StatusOr<v1::SubmitReadmissionResponse> ReadmissionDesk::SubmitOnce(const exchange::Call& call,
                                                                          const v1::SubmitReadmissionRequest& request) {
  v1::SubmitReadmissionResponse response;
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier,
                   keys_.Find({request.context().idempotency_key(), request}));
  if (earlier) {
    ASSIGN_OR_RETURN(Stored stored, LoadStored(*earlier));
    // What the partner answered since is told by GetReadmissionCase, which asks for what.
    if (stored.origin) ClearAnswer(&stored.record);
    *response.mutable_case_() = std::move(stored.record);
    *response.mutable_exchange() = SummaryOfSubmission(response.case_());
    return response;
  }
  const v1::ReadmissionCase record = NewCase(request);
  auto body = std::make_shared<v1::ReadmissionSubmission>();
  body->set_case_id(record.case_id());
  *body->mutable_application() = record.application();

  exchange::Outgoing question = Question(call, request.context(), v1::OPERATION_READMISSION_SUBMIT);
  // A submission always has a key: where the application may not leave, only the key leads from the exchange to the
  // case.
  if (question.context.idempotency_key().empty()) question.context.set_idempotency_key(record.case_id());
  question.to = record.requested_agency();
  question.body = std::move(body);
  question.content = domain::ContentOf(request);
  question.facts = FactsOf(request.safeguards());
  question.on_sent = Save(record);
  question.on_sent.Add(keys_.Remember({question.context.idempotency_key(), request}, record.case_id(), clock_.Now()));
  exchange::AskResult asked = door_.Ask(question);
  RETURN_IF_ERROR(asked.status);
  ASSIGN_OR_RETURN(*response.mutable_case_(), Load(record.case_id()));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::ReplyToReadmissionResponse> ReadmissionDesk::Reply(const exchange::Call& call,
                                                                      const v1::ReplyToReadmissionRequest& request) {
  RETURN_IF_ERROR(CheckReply(request));
  absl::StatusOr<v1::ReplyToReadmissionResponse> response = ReplyOnce(call, request);
  if (LostRaceForKey(response.status(), request.context())) response = ReplyOnce(call, request);
  return response;
}

absl::StatusOr<v1::ReplyToReadmissionResponse> ReadmissionDesk::ReplyOnce(
    const exchange::Call& call, const v1::ReplyToReadmissionRequest& request) {
  const domain::KeyedCall keyed{request.context().idempotency_key(), request};
  v1::ReplyToReadmissionResponse response;
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier, keys_.Find(keyed));
  ASSIGN_OR_RETURN(const Stored stored, LoadStored(request.case_id()));
  const v1::ReadmissionCase& record = stored.record;
  if (!earlier) RETURN_IF_ERROR(CheckMayReply(record, request.context()));
  // Whoever answers is shown the application.
  if (stored.origin) RETURN_IF_ERROR(uses_.CheckUse(call, request.context(), *stored.origin));
  if (earlier) {
    *response.mutable_case_() = record;
    *response.mutable_exchange() = SummaryOfReply(record);
    return response;
  }
  const absl::Time now = clock_.Now();
  auto body = std::make_shared<v1::ReadmissionDecision>();
  body->set_case_id(record.case_id());
  body->set_state(request.state());
  body->set_refusal_code(request.refusal_code());
  body->set_reasons(request.reasons());
  *body->mutable_decided_at() = ToProto(now);

  exchange::Outgoing question = Question(call, request.context(), v1::OPERATION_READMISSION_REPLY);
  question.context.set_treaty_id(record.treaty_id());
  question.to = record.requesting_agency();
  question.body = std::move(body);
  question.content = domain::ContentOf(request);
  question.on_sent = keys_.Remember(keyed, record.case_id(), now);
  question.origin = stored.origin;
  exchange::AskResult asked = door_.Ask(question);
  RETURN_IF_ERROR(asked.status);
  ASSIGN_OR_RETURN(*response.mutable_case_(), Load(record.case_id()));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::Status ReadmissionDesk::CheckMayReply(const v1::ReadmissionCase& record, const v1::CallContext& context) const {
  if (record.requested_agency() != own_agency_) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_YOUR_CASE",
                 absl::StrCat("only ", record.requested_agency(), " may answer this case"));
  }
  RETURN_IF_ERROR(CheckMayBeAnswered(record, own_agency_));
  if (context.treaty_id().empty() || context.treaty_id() == record.treaty_id()) return absl::OkStatus();
  return InvalidField("context.treaty_id", absl::StrCat("the case was submitted under ", record.treaty_id(),
                                                        "; leave the field out or name that treaty"));
}

absl::StatusOr<v1::GetReadmissionCaseResponse> ReadmissionDesk::Get(const exchange::Call& call,
                                                                    const v1::GetReadmissionCaseRequest& request) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  ASSIGN_OR_RETURN(Stored stored, LoadStored(request.case_id()));
  const bool own = stored.record.requesting_agency() == own_agency_;
  if (stored.origin && own && !request.has_context()) {
    ClearAnswer(&stored.record);
  } else if (stored.origin) {
    RETURN_IF_ERROR(uses_.CheckUse(call, request.context(), *stored.origin));
  }
  v1::GetReadmissionCaseResponse response;
  *response.mutable_case_() = std::move(stored.record);
  return response;
}

absl::StatusOr<v1::ListReadmissionCasesResponse> ReadmissionDesk::List(const v1::ListReadmissionCasesRequest& request) {
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const store::RecordList page, records_.List(kCaseKind, page_size, request.page_token()));
  v1::ListReadmissionCasesResponse response;
  for (const store::Record& record : page.records) {
    ASSIGN_OR_RETURN(*response.add_cases(), domain::ParseStored<v1::ReadmissionCase>(record));
    response.mutable_cases()->rbegin()->clear_application();
    ClearAnswer(&*response.mutable_cases()->rbegin());
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

v1::ReadmissionCase ReadmissionDesk::NewCase(const v1::SubmitReadmissionRequest& request) const {
  v1::ReadmissionCase record;
  record.set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  record.set_requesting_agency(own_agency_);
  record.set_requested_agency(request.requested_agency());
  record.set_treaty_id(request.context().treaty_id());
  record.set_state(v1::READMISSION_STATE_SUBMITTED);
  *record.mutable_application() = request.application();
  return record;
}

absl::StatusOr<ReadmissionDesk::Stored> ReadmissionDesk::LoadStored(const std::string& case_id) const {
  const absl::StatusOr<store::Record> record = records_.Get(kCaseKind, case_id);
  if (absl::IsNotFound(record.status())) return domain::CaseUnknown();
  RETURN_IF_ERROR(record.status());
  Stored stored;
  ASSIGN_OR_RETURN(stored.record, domain::ParseStored<v1::ReadmissionCase>(*record));
  stored.origin = record->origin;
  return stored;
}

absl::StatusOr<v1::ReadmissionCase> ReadmissionDesk::Load(const std::string& case_id) const {
  ASSIGN_OR_RETURN(Stored stored, LoadStored(case_id));
  return std::move(stored.record);
}

store::Effects ReadmissionDesk::Save(v1::ReadmissionCase changed, const std::optional<store::Origin>& origin) const {
  const auto expected = static_cast<int64_t>(changed.version());
  changed.set_version(changed.version() + 1);
  return records_.Put(kCaseKind, changed.case_id(), expected, changed.SerializeAsString(), clock_.Now(), origin);
}

}  // namespace tamga::readmission
