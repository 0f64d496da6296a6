#include "node/readmission/case_history.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/uuid.h"

namespace tamga::readmission {
namespace {

std::string NameOf(v1::ReadmissionState state) {
  const std::string name = v1::ReadmissionState_Name(state);
  return std::string(absl::StripPrefix(name, "READMISSION_STATE_"));
}

const v1::ReadmissionEvent* Find(const v1::ReadmissionCase& record, v1::ReadmissionState state) {
  for (const v1::ReadmissionEvent& event : record.history()) {
    if (event.state() == state) return &event;
  }
  return nullptr;
}

const v1::ReadmissionEvent* FindDecision(const v1::ReadmissionCase& record) {
  const v1::ReadmissionEvent* accepted = Find(record, v1::READMISSION_STATE_ACCEPTED);
  return accepted != nullptr ? accepted : Find(record, v1::READMISSION_STATE_REFUSED);
}

v1::ExchangeSummary Summary(const v1::ReadmissionCase& record, const std::string& partner,
                            const v1::ReadmissionEvent* event) {
  v1::ExchangeSummary summary;
  summary.set_partner(partner);
  summary.set_treaty_id(record.treaty_id());
  summary.set_delivery_state(v1::DELIVERY_STATE_QUEUED);
  if (event == nullptr) return summary;
  summary.set_exchange_id(event->exchange_id());
  *summary.mutable_articles() = event->articles();
  *summary.mutable_completed_at() = event->at();
  summary.set_delivery_state(event->state() == v1::READMISSION_STATE_NOT_DELIVERED ? v1::DELIVERY_STATE_REFUSED
                                                                                   : v1::DELIVERY_STATE_DELIVERED);
  return summary;
}

}  // namespace

bool RecordReceipt(const v1::MessageHeader& header, const v1::ReadmissionReceived& received, const Articles& articles,
                   v1::ReadmissionCase* record) {
  if (Find(*record, v1::READMISSION_STATE_SUBMITTED) != nullptr) return false;
  google::protobuf::RepeatedPtrField<v1::ReadmissionEvent> history;

  v1::ReadmissionEvent& submitted = *history.Add();
  submitted.set_state(v1::READMISSION_STATE_SUBMITTED);
  *submitted.mutable_at() = header.issued_at();
  submitted.set_actor(header.from());
  submitted.set_exchange_id(FormatUuid(header.exchange_id()));

  v1::ReadmissionEvent& receipt = *history.Add();
  receipt.set_state(v1::READMISSION_STATE_RECEIVED);
  if (received.has_received_at()) *receipt.mutable_at() = received.received_at();
  receipt.set_actor(header.to());
  receipt.set_exchange_id(submitted.exchange_id());
  *receipt.mutable_articles() = articles;

  history.MergeFrom(record->history());
  record->mutable_history()->Swap(&history);
  record->set_treaty_id(header.treaty().id());
  if (received.has_reply_due_at()) *record->mutable_reply_due_at() = received.reply_due_at();
  if (record->state() == v1::READMISSION_STATE_SUBMITTED) record->set_state(v1::READMISSION_STATE_RECEIVED);
  return true;
}

bool RecordNonDelivery(const v1::MessageHeader& header, const std::string& reason, absl::Time now,
                       v1::ReadmissionCase* record) {
  if (record->state() != v1::READMISSION_STATE_SUBMITTED) return false;
  record->set_state(v1::READMISSION_STATE_NOT_DELIVERED);
  v1::ReadmissionEvent& event = *record->add_history();
  event.set_state(v1::READMISSION_STATE_NOT_DELIVERED);
  *event.mutable_at() = ToProto(now);
  event.set_actor(header.from());
  event.set_exchange_id(FormatUuid(header.exchange_id()));
  event.set_reasons(reason);
  return true;
}

bool RecordDecision(const v1::MessageHeader& header, const v1::ReadmissionDecision& decision, const Articles& articles,
                    v1::ReadmissionCase* record) {
  if (HoldsDecision(*record, decision)) return false;
  record->set_state(decision.state());
  v1::ReadmissionEvent& event = *record->add_history();
  event.set_state(decision.state());
  *event.mutable_at() = decision.decided_at();
  event.set_actor(header.from());
  event.set_exchange_id(FormatUuid(header.exchange_id()));
  *event.mutable_articles() = articles;
  event.set_refusal_code(decision.refusal_code());
  event.set_reasons(decision.reasons());
  return true;
}

void ClearAnswer(v1::ReadmissionCase* record) {
  for (v1::ReadmissionEvent& event : *record->mutable_history()) {
    if (event.actor() != record->requested_agency()) continue;
    event.clear_refusal_code();
    event.clear_reasons();
  }
}

void EraseAnswer(v1::ReadmissionCase* record) {
  ClearAnswer(record);
  for (v1::ReadmissionEvent& event : *record->mutable_history()) {
    const bool answered =
        event.state() == v1::READMISSION_STATE_ACCEPTED || event.state() == v1::READMISSION_STATE_REFUSED;
    if (answered) event.set_reasons("erased");
  }
}

bool HoldsDecision(const v1::ReadmissionCase& record, const v1::ReadmissionDecision& decision) {
  const v1::ReadmissionEvent* event = FindDecision(record);
  return event != nullptr && event->state() == decision.state() && event->refusal_code() == decision.refusal_code() &&
         event->reasons() == decision.reasons() &&
         google::protobuf::util::MessageDifferencer::Equals(event->at(), decision.decided_at());
}

absl::Status CheckMayBeAnswered(const v1::ReadmissionCase& record, const std::string& own_agency) {
  const bool receipt_may_be_unproven = own_agency == record.requesting_agency();
  if (record.state() == v1::READMISSION_STATE_RECEIVED) return absl::OkStatus();
  if (record.state() == v1::READMISSION_STATE_SUBMITTED && receipt_may_be_unproven) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
               absl::StrCat("the case is ", NameOf(record.state()),
                            "; only a case that is RECEIVED may become ACCEPTED or REFUSED"),
               {{"state", NameOf(record.state())}, {"allowed_from", "RECEIVED"}});
}

v1::ExchangeSummary SummaryOfSubmission(const v1::ReadmissionCase& record) {
  const v1::ReadmissionEvent* failed = Find(record, v1::READMISSION_STATE_NOT_DELIVERED);
  return Summary(record, record.requested_agency(),
                 failed != nullptr ? failed : Find(record, v1::READMISSION_STATE_RECEIVED));
}

v1::ExchangeSummary SummaryOfReply(const v1::ReadmissionCase& record) {
  return Summary(record, record.requesting_agency(), FindDecision(record));
}

}  // namespace tamga::readmission
