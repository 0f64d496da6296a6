#include "node/watchlist/watchlist.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/ask_partners.h"
#include "node/domain/typed.h"
#include "node/watchlist/alert_checks.h"
#include "node/watchlist/traveller_check.h"

namespace tamga::watchlist {
namespace {

// The part of the caller's time that partners may use: the rest is for the answer's way back.
constexpr double kShareForPartners = 0.9;

absl::Time PartnerDeadline(const exchange::Call& call, absl::Time now, absl::Duration timeout) {
  return now + std::min(timeout, (call.deadline - now) * kShareForPartners);
}

}  // namespace

Watchlist::Watchlist(WatchlistParts parts)
    : parts_(std::move(parts)), book_(parts_.records, parts_.writer, parts_.clock) {}

absl::StatusOr<v1::PublishAlertResponse> Watchlist::Publish(const v1::PublishAlertRequest& request) {
  v1::Alert alert = request.alert();
  alert.set_issuer(parts_.own_agency);
  if (!alert.has_listed_at()) *alert.mutable_listed_at() = ToProto(parts_.clock.Now());
  if (const absl::Status status = CheckAlert(alert); !status.ok()) return Annotate(status, "alert");
  ASSIGN_OR_RETURN(const std::vector<PutOutcome> outcomes, book_.Put({alert}));
  if (outcomes.front() == PutOutcome::kForeign) {
    return Error(absl::StatusCode::kAlreadyExists, "FOREIGN_ALERT",
                 "alert.alert_id: belongs to an imported alert of another issuer; choose another identifier");
  }
  v1::PublishAlertResponse response;
  response.set_created(outcomes.front() == PutOutcome::kCreated);
  return response;
}

absl::StatusOr<v1::WithdrawAlertResponse> Watchlist::Withdraw(const v1::WithdrawAlertRequest& request) {
  RETURN_IF_ERROR(CheckReference("alert_id", request.alert_id()));
  RETURN_IF_ERROR(book_.Remove(request.alert_id()));
  return v1::WithdrawAlertResponse();
}

absl::StatusOr<v1::GetAlertResponse> Watchlist::Get(const v1::GetAlertRequest& request) {
  RETURN_IF_ERROR(CheckReference("alert_id", request.alert_id()));
  v1::GetAlertResponse response;
  ASSIGN_OR_RETURN(*response.mutable_alert(), book_.Get(request.alert_id()));
  return response;
}

absl::StatusOr<v1::CheckTravellerResponse> Watchlist::CheckTraveller(const exchange::Call& call,
                                                                     const v1::CheckTravellerRequest& request) {
  RETURN_IF_ERROR(CheckRequest(request, parts_.own_agency));
  v1::CheckTravellerResponse response;
  const absl::CivilDay today = absl::ToCivilDay(parts_.clock.Now(), absl::UTCTimeZone());
  RETURN_IF_ERROR(ReadTraveller(request, today, &response));
  ASSIGN_OR_RETURN(v1::WatchlistAnswer own, book_.Find(response.traveller()));
  *response.add_sources() = AnswerOfOwnList(parts_.own_agency, std::move(own));
  AskPartnersFor(call, request, &response);
  response.set_advice(AdviceFor(response));
  return response;
}

void Watchlist::AskPartnersFor(const exchange::Call& call, const v1::CheckTravellerRequest& request,
                               v1::CheckTravellerResponse* response) {
  const absl::Duration timeout =
      request.partner_timeout_ms() == 0 ? parts_.partner_timeout : absl::Milliseconds(request.partner_timeout_ms());
  exchange::Outgoing question;
  question.caller = call.caller;
  question.context = request.context();
  question.record_kind = v1::RECORD_KIND_WATCHLIST;
  question.operation = v1::OPERATION_WATCHLIST_CHECK;
  question.deadline = PartnerDeadline(call, parts_.clock.Now(), timeout);
  auto body = std::make_shared<v1::WatchlistQuery>();
  *body->mutable_traveller() = response->traveller();
  question.body = std::move(body);

  std::vector<exchange::Outgoing> questions(static_cast<size_t>(request.partners_size()), question);
  for (size_t i = 0; i < questions.size(); ++i) questions[i].to = request.partners(static_cast<int>(i));
  const std::vector<std::optional<exchange::AskResult>> results =
      domain::AskPartners(parts_.partner_calls, parts_.door, parts_.clock, questions, question.deadline);
  for (size_t i = 0; i < questions.size(); ++i) {
    *response->add_sources() = AnswerOfPartner(questions[i].to, results[i]);
  }
}

absl::StatusOr<exchange::Answer> Watchlist::HandleRequest(const exchange::Incoming& request) {
  if (request.header.operation() != v1::OPERATION_WATCHLIST_CHECK) {
    return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
                 absl::StrCat("the watchlist knows no ", v1::Operation_Name(request.header.operation())));
  }
  ASSIGN_OR_RETURN(const auto query, domain::ParseBody<v1::WatchlistQuery>(request.body));
  RETURN_IF_ERROR(CheckTravellerQuery(query.traveller()));
  ASSIGN_OR_RETURN(v1::WatchlistAnswer found, book_.Find(query.traveller()));
  return exchange::Answer{std::make_unique<v1::WatchlistAnswer>(std::move(found)), {}};
}

// An answer is for the officer who asked, and is not kept here.
absl::StatusOr<store::Effects> Watchlist::HandleSettled(const exchange::Settled& /*settled*/) {
  return store::Effects{};
}

}  // namespace tamga::watchlist
