#include "node/trafficking/trafficking.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/trafficking/referrals.h"
#include "node/trafficking/request_checks.h"

namespace tamga::trafficking {
namespace {

exchange::Outgoing Question(const exchange::Call& call, const v1::CallContext& context, v1::Operation operation) {
  exchange::Outgoing question;
  question.caller = call.caller;
  question.context = context;
  question.record_kind = v1::RECORD_KIND_TRAFFICKING;
  question.operation = operation;
  question.deadline = call.deadline;
  return question;
}

// What a partner may get at most: the case without this node's own notes.
std::shared_ptr<v1::TraffickingHandover> HandoverOf(const v1::TraffickingCase& record, const std::string& reason) {
  auto handover = std::make_shared<v1::TraffickingHandover>();
  v1::TraffickingCase& handed = *handover->mutable_case_();
  handed = record;
  handed.clear_referrals();
  handed.clear_withheld_fields();
  handed.clear_version();
  handover->set_reason(reason);
  return handover;
}

// What it takes to find a case: nothing of persons, places and methods.
v1::TraffickingCase OnlyToFind(const v1::TraffickingCase& record) {
  v1::TraffickingCase rest;
  rest.set_case_id(record.case_id());
  rest.set_owner(record.owner());
  rest.set_status(record.status());
  rest.mutable_exploitation()->set_trafficking_status(record.exploitation().trafficking_status());
  *rest.mutable_referrals() = record.referrals();
  rest.set_version(record.version());
  return rest;
}

// What is known of a handover that an earlier call with the same key made.
v1::ExchangeSummary SummaryOf(const v1::TraffickingCase& record, const v1::HandOverTraffickingCaseRequest& request) {
  v1::ExchangeSummary summary;
  summary.set_partner(request.to_agency());
  summary.set_delivery_state(v1::DELIVERY_STATE_QUEUED);
  if (const v1::ReferralStep* step = FindHandover(record, request.to_agency(), request.kind()); step != nullptr) {
    summary.set_exchange_id(step->exchange_id());
    summary.set_delivery_state(v1::DELIVERY_STATE_DELIVERED);
  }
  return summary;
}

}  // namespace

Trafficking::Trafficking(std::string own_agency, store::Records& records, store::EffectWriter& writer,
                         exchange::Asking& door, exchange::UseCheck& uses, const Clock& clock, Rng& rng)
    : own_agency_(std::move(own_agency)),
      records_(records),
      writer_(writer),
      door_(door),
      uses_(uses),
      clock_(clock),
      rng_(rng),
      keys_("trafficking-key", records) {}

absl::StatusOr<v1::SaveTraffickingCaseResponse> Trafficking::Save(const v1::SaveTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(CheckCase(request.case_()));
  v1::SaveTraffickingCaseResponse response;
  v1::TraffickingCase& record = *response.mutable_case_();
  record = request.case_();
  if (record.case_id().empty()) {
    record.set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
    record.clear_version();
    record.clear_referrals();
    record.clear_withheld_fields();
  } else {
    if (record.version() == 0) {
      return InvalidField("case.version", "must be the version that was read; leave case_id out for a new case");
    }
    ASSIGN_OR_RETURN(const Stored stored, LoadOwn(record.case_id()));
    *record.mutable_referrals() = stored.record.referrals();
    *record.mutable_withheld_fields() = stored.record.withheld_fields();
  }
  record.set_owner(own_agency_);
  RETURN_IF_ERROR(writer_.Commit(Put(&record)));
  return response;
}

absl::StatusOr<v1::HandOverTraffickingCaseResponse> Trafficking::HandOver(
    const exchange::Call& call, const v1::HandOverTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(CheckHandOver(request));
  if (request.to_agency() == own_agency_) return InvalidField("to_agency", "must be another agency than the own one");
  absl::StatusOr<v1::HandOverTraffickingCaseResponse> response = HandOverOnce(call, request);
  // Another call with the same key was sent at the same time: what it did is there now.
  const bool lost_race = absl::IsAborted(response.status()) && !request.context().idempotency_key().empty();
  return lost_race ? HandOverOnce(call, request) : response;
}

absl::StatusOr<v1::HandOverTraffickingCaseResponse> Trafficking::HandOverOnce(
    const exchange::Call& call, const v1::HandOverTraffickingCaseRequest& request) {
  const domain::KeyedCall keyed{request.context().idempotency_key(), request};
  v1::HandOverTraffickingCaseResponse response;
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier, keys_.Find(keyed));
  if (earlier) {
    ASSIGN_OR_RETURN(const v1::TraffickingCase record, Load(*earlier));
    *response.mutable_exchange() = SummaryOf(record, request);
    return response;
  }
  ASSIGN_OR_RETURN(const Stored stored, LoadOwn(request.case_id()));
  const v1::TraffickingCase& record = stored.record;
  const bool referred = request.kind() == v1::REFERRAL_KIND_REFERRED;
  exchange::Outgoing question =
      Question(call, request.context(), referred ? v1::OPERATION_TRAFFICKING_REFER : v1::OPERATION_TRAFFICKING_SHARE);
  question.to = request.to_agency();
  question.body = HandoverOf(record, request.reason());
  question.facts.SetFlag(v1::ATTRIBUTE_VICTIM_CONSENT, record.consent() ? v1::TERNARY_YES : v1::TERNARY_NO);
  question.on_sent = keys_.Remember(keyed, record.case_id(), clock_.Now());
  question.origin = stored.origin;
  exchange::AskResult asked = door_.Ask(question);
  RETURN_IF_ERROR(asked.status);
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::RetrieveTraffickingCaseResponse> Trafficking::Retrieve(
    const exchange::Call& call, const v1::RetrieveTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(CheckRetrieve(request));
  if (request.from_agency() == own_agency_) {
    return InvalidField("from_agency", "must be another agency than the own one; GetTraffickingCase gets own cases");
  }
  auto body = std::make_shared<v1::TraffickingRetrieval>();
  body->set_case_id(request.case_id());
  exchange::Outgoing question = Question(call, request.context(), v1::OPERATION_TRAFFICKING_RETRIEVE);
  question.to = request.from_agency();
  question.body = std::move(body);
  exchange::AskResult asked = door_.Ask(question);
  RETURN_IF_ERROR(asked.status);
  ASSIGN_OR_RETURN(v1::TraffickingRetrieved retrieved, domain::ParseBody<v1::TraffickingRetrieved>(asked.result));
  v1::RetrieveTraffickingCaseResponse response;
  response.mutable_case_()->Swap(retrieved.mutable_case_());
  *response.mutable_case_()->mutable_withheld_fields() = asked.summary.withheld_fields();
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::GetTraffickingCaseResponse> Trafficking::Get(const exchange::Call& call,
                                                                const v1::GetTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  ASSIGN_OR_RETURN(Stored stored, LoadStored(request.case_id()));
  if (stored.origin) RETURN_IF_ERROR(uses_.CheckUse(call, request.context(), *stored.origin));
  v1::GetTraffickingCaseResponse response;
  *response.mutable_case_() = std::move(stored.record);
  return response;
}

absl::StatusOr<v1::ListTraffickingCasesResponse> Trafficking::List(const v1::ListTraffickingCasesRequest& request) {
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const store::RecordList page, records_.List(kCaseKind, page_size, request.page_token()));
  v1::ListTraffickingCasesResponse response;
  for (const store::Record& stored : page.records) {
    v1::TraffickingCase& record = *response.add_cases();
    ASSIGN_OR_RETURN(record, domain::ParseStored<v1::TraffickingCase>(stored));
    if (stored.origin) record = OnlyToFind(record);
    record.clear_victim();
    record.clear_support();
    record.clear_comment();
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<Trafficking::Stored> Trafficking::LoadStored(const std::string& case_id) const {
  const absl::StatusOr<store::Record> record = records_.Get(kCaseKind, case_id);
  if (absl::IsNotFound(record.status())) return domain::CaseUnknown();
  RETURN_IF_ERROR(record.status());
  Stored stored;
  ASSIGN_OR_RETURN(stored.record, domain::ParseStored<v1::TraffickingCase>(*record));
  stored.origin = record->origin;
  return stored;
}

absl::StatusOr<v1::TraffickingCase> Trafficking::Load(const std::string& case_id) const {
  ASSIGN_OR_RETURN(Stored stored, LoadStored(case_id));
  return std::move(stored.record);
}

absl::StatusOr<Trafficking::Stored> Trafficking::LoadOwn(const std::string& case_id) const {
  ASSIGN_OR_RETURN(Stored stored, LoadStored(case_id));
  if (stored.record.owner() == own_agency_) return stored;
  return Error(
      absl::StatusCode::kPermissionDenied, "NOT_OWNER",
      absl::StrCat("case_id: the case is owned by ", stored.record.owner(), ", which alone may change or pass it on"));
}

store::Effects Trafficking::Put(v1::TraffickingCase* record, const std::optional<store::Origin>& origin) const {
  const auto expected = static_cast<int64_t>(record->version());
  record->set_version(record->version() + 1);
  return records_.Put(kCaseKind, record->case_id(), expected, record->SerializeAsString(), clock_.Now(), origin);
}

}  // namespace tamga::trafficking
