// Trafficking cases' side towards the door: what partners send, and what came of what was sent to them.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/exchange/refusal.h"
#include "node/trafficking/referrals.h"
#include "node/trafficking/request_checks.h"
#include "node/trafficking/trafficking.h"

namespace tamga::trafficking {
absl::StatusOr<exchange::Answer> Trafficking::HandleRequest(const exchange::Incoming& request) {
  switch (request.header.operation()) {
    case v1::OPERATION_TRAFFICKING_REFER:
    case v1::OPERATION_TRAFFICKING_SHARE:
      return TakeHandover(request);
    case v1::OPERATION_TRAFFICKING_RETRIEVE:
      return Tell(request);
    default:
      return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
                   absl::StrCat("trafficking cases know no ", v1::Operation_Name(request.header.operation())));
  }
}

absl::StatusOr<exchange::Answer> Trafficking::TakeHandover(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(v1::TraffickingHandover handover, domain::ParseBody<v1::TraffickingHandover>(request.body));
  RETURN_IF_ERROR(CheckReceivedCase(handover.case_()));
  const v1::MessageHeader& header = request.header;
  v1::TraffickingCase& received = *handover.mutable_case_();
  if (!received.owner().empty() && received.owner() != header.from()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_OWNER",
                 "case.owner: only the agency that owns a case may hand it over");
  }
  exchange::Answer answer;
  auto result = std::make_unique<v1::TraffickingHandoverReceived>();
  result->set_case_id(received.case_id());
  answer.result = std::move(result);

  // The notes are this node's own, whatever the sender says of them.
  received.clear_referrals();
  received.clear_withheld_fields();
  received.clear_version();
  received.clear_consent();
  const absl::StatusOr<v1::TraffickingCase> existing = Load(received.case_id());
  if (existing.ok()) {
    if (KnowsExchange(*existing, header)) return answer;
    // Only its owner may hand a case over, and nobody learns by an identifier which cases others have here.
    if (existing->owner() != header.from()) return exchange::NotServed();
    *received.mutable_referrals() = existing->referrals();
    received.set_version(existing->version());
  } else if (!absl::IsNotFound(existing.status())) {
    return existing.status();
  }
  RecordHandover(header, &received);
  answer.effects = Put(&received, store::Origin{header.exchange_id(), header.from(), false});
  return answer;
}

absl::StatusOr<exchange::Answer> Trafficking::Tell(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto retrieval, domain::ParseBody<v1::TraffickingRetrieval>(request.body));
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", retrieval.case_id()));
  absl::StatusOr<Stored> stored = LoadStored(retrieval.case_id());
  if (absl::IsNotFound(stored.status())) return exchange::NotServed();
  RETURN_IF_ERROR(stored.status());
  v1::TraffickingCase& record = stored->record;
  // A partner's case is the partner's to tell.
  if (record.owner() != own_agency_) return exchange::NotServed();
  record.clear_referrals();
  record.clear_withheld_fields();
  exchange::Answer answer;
  answer.is_secret = true;
  answer.origin = stored->origin;
  answer.facts.SetFlag(v1::ATTRIBUTE_VICTIM_CONSENT, record.consent() ? v1::TERNARY_YES : v1::TERNARY_NO);
  auto retrieved = std::make_unique<v1::TraffickingRetrieved>();
  retrieved->mutable_case_()->Swap(&record);
  answer.result = std::move(retrieved);
  return answer;
}

absl::StatusOr<store::Effects> Trafficking::HandleErasure(const exchange::Erasure& erasure) {
  store::Effects effects;
  for (const store::RecordRow& row : erasure.records) effects.Add(store::Records::Delete(row));
  return effects;
}

absl::StatusOr<store::Effects> Trafficking::HandleSettled(const exchange::Settled& settled) {
  const bool handed_over = settled.header.operation() == v1::OPERATION_TRAFFICKING_REFER ||
                           settled.header.operation() == v1::OPERATION_TRAFFICKING_SHARE;
  // A refused handover changes nothing, and an answer to a retrieval is not kept.
  if (!handed_over || !settled.status.ok() || settled.reply == nullptr) return store::Effects{};
  ASSIGN_OR_RETURN(const auto handover, domain::ParseBody<v1::TraffickingHandover>(settled.body));
  absl::StatusOr<v1::TraffickingCase> record = Load(handover.case_().case_id());
  // A case that another agency had handed over may have been erased while this waited.
  if (absl::IsNotFound(record.status())) return store::Effects{};
  RETURN_IF_ERROR(record.status());
  if (!RecordHandover(settled.header, &*record)) return store::Effects{};
  return Put(&*record);
}

}  // namespace tamga::trafficking
