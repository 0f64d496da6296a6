// For tests: doors of several agencies in one process. What one asks is handed straight to the other's service, with
// the steps that a domain service can see: effects at sending, the request, the answer's effects, the settlement.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/asking.h"
#include "node/store/effects.h"

namespace tamga::domain {

// Used by one thread.
class FakeDoor final : public exchange::Asking {
 public:
  FakeDoor(std::string agency, store::EffectWriter& writer, const Clock& clock, Rng& rng)
      : agency_(std::move(agency)), writer_(writer), clock_(clock), rng_(rng) {
    decision.permitted = true;
    decision.treaty_id = "TEST-TREATY";
    decision.articles = {"TEST-TREATY art. 1"};
  }

  void Serve(exchange::OperationHandler& handler) { handler_ = &handler; }
  void Connect(FakeDoor& partner) { partners_[partner.agency_] = &partner; }

  // What the treaties say to each question.
  policy::Decision decision;
  // Set: an own article forbids asking; nothing is written and nothing leaves.
  absl::Status forbidden;
  // Set: no treaty permits; the request leaves without its payload and is refused.
  absl::Status denied;
  // Set: questions wait until DeliverWaiting.
  bool unreachable = false;
  // Fields that the partner's treaties withhold from its answers.
  std::vector<std::string> withheld_fields;
  // All that was asked, oldest first.
  std::vector<exchange::Outgoing> asked;

  exchange::AskResult Ask(const exchange::Outgoing& question) override {
    asked.push_back(question);
    if (!question.withheld.ok()) return Refused(question.withheld);
    if (!forbidden.ok()) return Refused(forbidden);
    Request request;
    request.header = HeaderOf(question);
    if (denied.ok()) {
      request.body = question.body->SerializeAsString();
    } else {
      request.header.set_payload_withheld(true);
    }
    store::Effects on_sent = question.on_sent;
    if (question.on_sealed) {
      absl::StatusOr<store::Effects> sealed = question.on_sealed(request.header);
      if (!sealed.ok()) return Refused(sealed.status());
      on_sent.Add(*std::move(sealed));
    }
    if (absl::Status sent = writer_.Commit(std::move(on_sent)); !sent.ok()) return Refused(sent);
    if (!denied.ok()) return Settle(request, denied, nullptr);
    request.order_key = question.order_key;
    if (!unreachable && !WaitsBehindOthers(request)) return Deliver(request);
    waiting_.push_back(request);
    exchange::AskResult queued;
    queued.summary = Summarise(request, v1::DELIVERY_STATE_QUEUED);
    return queued;
  }

  // Delivers what waits, in order. The results, as their callers would have got them.
  std::vector<exchange::AskResult> DeliverWaiting() {
    std::vector<exchange::AskResult> results;
    for (const Request& request : std::exchange(waiting_, {})) results.push_back(Deliver(request));
    return results;
  }

  // Hands the partner what waits, whose answers are lost on the way, so that it waits on.
  std::vector<absl::Status> LoseAnswersToWaiting() {
    std::vector<absl::Status> answers;
    for (const Request& request : waiting_) {
      answers.push_back(partners_.at(request.header.to())->Answer(request).status());
    }
    return answers;
  }

  // Gives up what waits.
  void ExpireWaiting() {
    for (const Request& request : std::exchange(waiting_, {})) {
      Settle(request, Error(absl::StatusCode::kDeadlineExceeded, "EXPIRED", "no answer came"), nullptr);
    }
  }

  // Sends the last delivered request once more, as after a lost reply; gives the partner's answer alone.
  absl::Status Repeat() {
    const auto answer = partners_.at(last_.header.to())->Answer(last_);
    return answer.status();
  }

  // Hands the partner a message that no own service made.
  absl::Status Send(const exchange::Outgoing& question) {
    return partners_.at(question.to)->Answer({HeaderOf(question), question.body->SerializeAsString()}).status();
  }

 private:
  struct Request {
    v1::MessageHeader header;
    std::string body;
    std::string order_key = {};
  };

  bool WaitsBehindOthers(const Request& request) const {
    if (request.order_key.empty()) return false;
    return std::any_of(waiting_.begin(), waiting_.end(), [&](const Request& waiting) {
      return waiting.order_key == request.order_key && waiting.header.to() == request.header.to();
    });
  }

  v1::MessageHeader HeaderOf(const exchange::Outgoing& question) {
    v1::MessageHeader header;
    header.set_exchange_id(NewUuidV7(clock_.Now(), rng_));
    header.set_from(agency_);
    header.set_to(question.to);
    header.set_operation(question.operation);
    header.set_record_kind(question.record_kind);
    header.set_purpose(question.context.purpose());
    if (denied.ok()) {
      header.mutable_treaty()->set_id(decision.treaty_id);
      header.mutable_treaty()->set_document_sha256(decision.treaty_sha256);
    }
    *header.mutable_issued_at() = ToProto(clock_.Now());
    header.set_idempotency_key(question.context.idempotency_key().empty() ? FormatUuid(header.exchange_id())
                                                                          : question.context.idempotency_key());
    return header;
  }

  absl::StatusOr<v1::ExchangeReply> Answer(const Request& request) {
    ASSIGN_OR_RETURN(exchange::Answer answer,
                     handler_->HandleRequest({request.header, decision, request.body, clock_.Now()}));
    if (answer.carry_out) RETURN_IF_ERROR(answer.carry_out());
    RETURN_IF_ERROR(writer_.Commit(std::move(answer.effects)));
    v1::ExchangeReply reply;
    reply.set_result_type(answer.result->GetTypeName());
    reply.set_result(answer.result->SerializeAsString());
    for (const std::string& article : decision.articles) reply.add_articles(article);
    for (const std::string& field : withheld_fields) reply.add_withheld_fields(field);
    return reply;
  }

  exchange::AskResult Deliver(const Request& request) {
    last_ = request;
    const absl::StatusOr<v1::ExchangeReply> reply = partners_.at(request.header.to())->Answer(request);
    if (reply.ok()) return Settle(request, absl::OkStatus(), &*reply);
    v1::ExchangeReply refusal;
    refusal.mutable_refusal()->set_reason(ReasonOf(reply.status()));
    return Settle(request, reply.status(), &refusal);
  }

  exchange::AskResult Settle(const Request& request, const absl::Status& status, const v1::ExchangeReply* reply) {
    absl::StatusOr<store::Effects> effects = handler_->HandleSettled({request.header, request.body, status, reply});
    if (!effects.ok()) return Refused(effects.status());
    if (absl::Status settled = writer_.Commit(*std::move(effects)); !settled.ok()) return Refused(settled);
    exchange::AskResult result;
    result.status = status;
    result.exchange_id = request.header.exchange_id();
    result.summary = Summarise(request, status.ok() ? v1::DELIVERY_STATE_DELIVERED : v1::DELIVERY_STATE_REFUSED);
    if (reply != nullptr) {
      result.result = reply->result();
      *result.summary.mutable_withheld_fields() = reply->withheld_fields();
    }
    return result;
  }

  v1::ExchangeSummary Summarise(const Request& request, v1::DeliveryState state) const {
    v1::ExchangeSummary summary;
    summary.set_exchange_id(FormatUuid(request.header.exchange_id()));
    summary.set_partner(request.header.to());
    summary.set_treaty_id(request.header.treaty().id());
    summary.set_delivery_state(state);
    return summary;
  }

  static exchange::AskResult Refused(const absl::Status& status) {
    exchange::AskResult result;
    result.status = status;
    result.summary.set_delivery_state(v1::DELIVERY_STATE_REFUSED);
    return result;
  }

  const std::string agency_;
  store::EffectWriter& writer_;
  const Clock& clock_;
  Rng& rng_;
  exchange::OperationHandler* handler_ = nullptr;
  std::map<std::string, FakeDoor*> partners_;
  std::vector<Request> waiting_;
  Request last_;
};

}  // namespace tamga::domain
