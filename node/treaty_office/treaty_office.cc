#include "node/treaty_office/treaty_office.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/ask_partners.h"
#include "node/domain/typed.h"
#include "node/exchange/call_context.h"

namespace tamga::treaty_office {
namespace {

using exchange::AskResult;
using exchange::Outgoing;

// More than any federation has; it bounds what a partner can make us do.
constexpr int kMostQuestions = 64;

absl::Status CheckPurpose(const v1::CallContext& context) {
  RETURN_IF_ERROR(exchange::CheckContext(context));
  if (context.purpose() == v1::PURPOSE_TREATY_ADMINISTRATION) return absl::OkStatus();
  return InvalidField("context.purpose", "must be TREATY_ADMINISTRATION");
}

absl::Status CheckBundle(const v1::TreatyBundle& bundle) {
  if (bundle.ByteSizeLong() == 0) return InvalidField("bundle", "holds nothing; name texts or acts to publish");
  if (bundle.ByteSizeLong() <= treaty::kMostBundleBytes) return absl::OkStatus();
  return InvalidField("bundle", absl::StrCat("has more than ", treaty::kMostBundleBytes,
                                             " bytes; publish it in parts, texts before the acts that name them"));
}

void Refuse(const absl::Status& status, v1::TreatyDelivery* delivery) {
  const std::string reason = ReasonOf(status);
  delivery->set_reason(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
  delivery->set_explanation(std::string(status.message()));
}

v1::TreatyDelivery DeliveryOf(const std::string& partner, const AskResult& result) {
  v1::TreatyDelivery delivery;
  delivery.set_partner(partner);
  if (!result.summary.exchange_id().empty()) *delivery.mutable_exchange() = result.summary;
  if (!result.status.ok()) Refuse(result.status, &delivery);
  return delivery;
}

// Whether the bundle was refused only because something before it is missing here, or there was no time for it: then it
// is fetched.
bool IsBehind(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "REGISTER_GAP" || reason == "TEXT_MISSING" || reason == "TREATY_PROOF_BUSY";
}

}  // namespace

Outgoing TreatyOffice::QuestionTo(const std::string& partner, const certs::Principal& caller,
                                  const v1::CallContext& context, v1::Operation operation, absl::Time deadline) const {
  Outgoing question;
  question.caller = caller;
  question.context = context;
  question.to = partner;
  question.record_kind = v1::RECORD_KIND_TREATY;
  question.operation = operation;
  question.deadline = deadline;
  return question;
}

absl::StatusOr<v1::PublishTreatiesResponse> TreatyOffice::Publish(const exchange::Call& call,
                                                                  const v1::PublishTreatiesRequest& request) {
  RETURN_IF_ERROR(CheckPurpose(request.context()));
  RETURN_IF_ERROR(CheckBundle(request.bundle()));
  ASSIGN_OR_RETURN(const exchange::TakenOver taken,
                   parts_.keeper.Take(request.bundle(), {parts_.own_agency, ""}, treaty::OnFault::kRefuseAll));
  v1::PublishTreatiesResponse response;
  *response.mutable_holdings() = taken.holdings;
  response.set_taken_over(taken.count);
  if (taken.own_log) *response.mutable_own_log() = *taken.own_log;
  for (const std::string& finding : taken.findings) response.add_findings(finding);
  for (const absl::Status& refused : taken.refused) response.add_findings(std::string(refused.message()));
  for (v1::TreatyDelivery& delivery : SendToPartners(call, request)) *response.add_deliveries() = std::move(delivery);
  return response;
}

std::vector<v1::TreatyDelivery> TreatyOffice::SendToPartners(const exchange::Call& call,
                                                             const v1::PublishTreatiesRequest& request) {
  const auto body = std::make_shared<v1::TreatyPublication>();
  *body->mutable_bundle() = request.bundle();
  std::vector<v1::TreatyDelivery> deliveries;
  std::vector<Outgoing> questions;
  std::vector<size_t> places;  // of the questions among the deliveries
  for (const std::string& partner : parts_.partners) {
    v1::TreatyDelivery& delivery = deliveries.emplace_back();
    delivery.set_partner(partner);
    if (const absl::Status may = parts_.keeper.CheckMayAsk(partner, v1::OPERATION_TREATY_PUBLISH); !may.ok()) {
      Refuse(may, &delivery);
      continue;
    }
    questions.push_back(
        QuestionTo(partner, call.caller, request.context(), v1::OPERATION_TREATY_PUBLISH, call.deadline));
    questions.back().body = body;
    places.push_back(deliveries.size() - 1);
  }
  const std::vector<std::optional<AskResult>> results = domain::AskPartners(
      parts_.partner_calls, parts_.door, parts_.clock, questions, call.deadline, domain::AfterDeadline::kAsked);
  for (size_t i = 0; i < results.size(); ++i) {
    v1::TreatyDelivery& delivery = deliveries[places[i]];
    if (results[i]) {
      delivery = DeliveryOf(questions[i].to, *results[i]);
    } else {
      Refuse(Error(absl::StatusCode::kDeadlineExceeded, "NOT_ANSWERED_YET",
                   "it is still being sent; the log tells what comes of it"),
             &delivery);
    }
  }
  return deliveries;
}

absl::StatusOr<v1::FetchTreatiesResponse> TreatyOffice::Fetch(const exchange::Call& call,
                                                              const v1::FetchTreatiesRequest& request) {
  RETURN_IF_ERROR(CheckPurpose(request.context()));
  std::vector<std::string> partners = parts_.partners;
  if (!request.partner().empty()) {
    if (std::find(partners.begin(), partners.end(), request.partner()) == partners.end()) {
      return Error(
          absl::StatusCode::kNotFound, "UNKNOWN_PARTNER",
          absl::StrCat("partner: no node of ", request.partner(), " is configured here; ask the operator to add it"));
    }
    partners = {request.partner()};
  }
  v1::FetchTreatiesResponse response;
  for (const std::string& partner : partners) {
    Fetched fetched = FetchFrom(partner, call.caller, request.context(), call.deadline);
    response.set_taken_over(response.taken_over() + fetched.taken_over);
    *response.add_deliveries() = std::move(fetched.delivery);
  }
  *response.mutable_holdings() = parts_.keeper.Holdings();
  return response;
}

absl::StatusOr<v1::GetTreatyBundleResponse> TreatyOffice::Get(const v1::GetTreatyBundleRequest& request) const {
  treaty::Lack lack = parts_.keeper.LackOfAll(request.holdings());
  v1::GetTreatyBundleResponse response;
  *response.mutable_bundle() = std::move(lack.bundle);
  response.set_more(lack.more);
  for (const auto& [unused, office] : parts_.keeper.offices()) *response.add_offices() = office;
  return response;
}

void TreatyOffice::FetchForNode(const std::string& partner) {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_TREATY_ADMINISTRATION);
  context.set_case_reference("TREATY-FETCH");
  FetchFrom(partner, parts_.node, context, absl::InfiniteFuture());
}

Fetched TreatyOffice::FetchFrom(const std::string& partner, const certs::Principal& caller,
                                const v1::CallContext& context, absl::Time deadline) {
  Fetched fetched;
  fetched.delivery.set_partner(partner);
  if (const absl::Status may = parts_.keeper.CheckMayAsk(partner, v1::OPERATION_TREATY_FETCH); !may.ok()) {
    Refuse(may, &fetched.delivery);
    return fetched;
  }
  Outgoing question = QuestionTo(partner, caller, context, v1::OPERATION_TREATY_FETCH, deadline);
  for (int i = 0; i < kMostQuestions && FetchOnce(question, &fetched); ++i) {
    // The next question is another one.
    question.context.clear_idempotency_key();
  }
  return fetched;
}

bool TreatyOffice::FetchOnce(const Outgoing& question, Fetched* fetched) {
  Outgoing asked = question;
  asked.deadline = std::min(question.deadline, parts_.clock.Now() + parts_.partner_timeout);
  const auto body = std::make_shared<v1::TreatyFetch>();
  *body->mutable_holdings() = parts_.keeper.Holdings();
  asked.body = body;
  const AskResult result = parts_.door.Ask(asked);
  fetched->delivery = DeliveryOf(asked.to, result);
  if (!result.status.ok()) return false;
  const absl::StatusOr<v1::TreatyFetched> answer = domain::ParseBody<v1::TreatyFetched>(result.result);
  const absl::StatusOr<exchange::TakenOver> taken =
      answer.ok() ? parts_.keeper.Take(answer->bundle(), {asked.to, result.exchange_id}, treaty::OnFault::kTakeTheRest)
                  : answer.status();
  if (!taken.ok()) {
    Refuse(taken.status(), &fetched->delivery);
    return false;
  }
  fetched->taken_over += taken->count;
  if (!taken->refused.empty()) {
    Refuse(taken->refused.front(), &fetched->delivery);
    fetched->delivery.set_explanation(
        absl::StrJoin(taken->refused, "\n",
                      [](std::string* out, const absl::Status& status) { absl::StrAppend(out, status.message()); }));
  }
  return answer->more() && taken->count > 0;
}

absl::StatusOr<exchange::Answer> TreatyOffice::HandleRequest(const exchange::Incoming& request) {
  const v1::MessageHeader& header = request.header;
  if (header.operation() == v1::OPERATION_TREATY_PUBLISH) {
    ASSIGN_OR_RETURN(const auto publication, domain::ParseBody<v1::TreatyPublication>(request.body));
    auto published = std::make_unique<v1::TreatyPublished>();
    exchange::Answer answer;
    answer.carry_out = [this, bundle = publication.bundle(),
                        by = exchange::BroughtBy{header.from(), header.exchange_id(), /*comes_again=*/true},
                        result = published.get()] { return TakePublished(bundle, by, result); };
    answer.result = std::move(published);
    return answer;
  }
  if (header.operation() == v1::OPERATION_TREATY_FETCH) {
    ASSIGN_OR_RETURN(const auto fetch, domain::ParseBody<v1::TreatyFetch>(request.body));
    treaty::Lack lack = parts_.keeper.LackOf(fetch.holdings());
    auto fetched = std::make_unique<v1::TreatyFetched>();
    *fetched->mutable_bundle() = std::move(lack.bundle);
    fetched->set_more(lack.more);
    return exchange::Answer{std::move(fetched), {}};
  }
  return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
               absl::StrCat("the treaty office knows no ", v1::Operation_Name(header.operation())));
}

absl::Status TreatyOffice::TakePublished(const v1::TreatyBundle& bundle, const exchange::BroughtBy& by,
                                         v1::TreatyPublished* published) {
  const absl::StatusOr<exchange::TakenOver> taken = parts_.keeper.Take(bundle, by, treaty::OnFault::kRefuseAll);
  if (IsBehind(taken.status())) parts_.is_behind(by.agency);
  // These name files of this machine; without a reason, a partner is not told the text.
  const std::string reason = ReasonOf(taken.status());
  if (reason == "TREATY_FILE_DIFFERS" || reason == "TREATY_ROLLED_BACK") {
    return absl::InternalError(taken.status().message());
  }
  RETURN_IF_ERROR(taken.status());
  *published->mutable_holdings() = taken->holdings;
  return absl::OkStatus();
}

// What was fetched is taken over when the door has handed it on: a crash in between costs no more than another fetch.
absl::StatusOr<store::Effects> TreatyOffice::HandleSettled(const exchange::Settled& /*settled*/) {
  return store::Effects{};
}

}  // namespace tamga::treaty_office
