#include "node/watchlist/traveller_check.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/border_service/mrz.h"
#include "certs/refusal.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/typed.h"
#include "node/exchange/call_context.h"
#include "node/watchlist/alert_checks.h"

namespace tamga::watchlist {
namespace {

constexpr int kMaxPartners = 16;
constexpr int kMaxCandidates = 20;

v1::SourceStatus StatusOfRefusal(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kPermissionDenied:
      return v1::SOURCE_STATUS_DENIED;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return v1::SOURCE_STATUS_PARTNER_UNAVAILABLE;
    default:
      return v1::SOURCE_STATUS_FAILED;
  }
}

// A partner's answer, if it is in order.
absl::StatusOr<v1::WatchlistAnswer> ReadAnswer(const std::string& bytes) {
  ASSIGN_OR_RETURN(v1::WatchlistAnswer answer, domain::ParseBody<v1::WatchlistAnswer>(bytes));
  if (answer.candidates_size() > kMaxCandidates || (!answer.hit() && !answer.candidates().empty())) {
    return Error(absl::StatusCode::kDataLoss, "ANSWER_NOT_IN_ORDER",
                 "the partner's answer contradicts itself; ask its operator");
  }
  return answer;
}

void SetFound(v1::WatchlistAnswer found, v1::SourceAnswer* answer) {
  answer->set_status(found.hit() ? v1::SOURCE_STATUS_HIT : v1::SOURCE_STATUS_NO_HIT);
  answer->mutable_candidates()->Swap(found.mutable_candidates());
}

}  // namespace

absl::Status CheckRequest(const v1::CheckTravellerRequest& request, const std::string& own_agency) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  if (request.mrz_lines().empty() == !request.has_traveller()) {
    return InvalidField("mrz_lines", "must be given, or else traveller, but not both");
  }
  if (request.partners_size() > kMaxPartners) {
    return InvalidField("partners", absl::StrCat("has more than ", kMaxPartners, " elements"));
  }
  std::set<std::string> asked = {own_agency};
  for (int i = 0; i < request.partners_size(); ++i) {
    const std::string field = absl::StrCat("partners[", i, "]");
    RETURN_IF_ERROR(CheckAgency(field, request.partners(i)));
    if (!asked.insert(request.partners(i)).second) {
      return InvalidField(field, "is named twice, or is the own agency, whose list is always asked");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadTraveller(const v1::CheckTravellerRequest& request, absl::CivilDay today,
                           v1::CheckTravellerResponse* response) {
  if (request.has_traveller()) {
    *response->mutable_traveller() = request.traveller();
  } else {
    const std::vector<std::string> lines(request.mrz_lines().begin(), request.mrz_lines().end());
    ASSIGN_OR_RETURN(const adapters::MrzDocument document, adapters::ReadMrz(lines, today));
    *response->mutable_traveller() = adapters::ToTravellerQuery(document);
    for (const v1::DocumentCheck& check : document.checks) *response->add_document_checks() = check;
  }
  return CheckTravellerQuery(response->traveller());
}

v1::SourceAnswer AnswerOfOwnList(const std::string& own_agency, v1::WatchlistAnswer found) {
  v1::SourceAnswer answer;
  answer.set_source(own_agency);
  SetFound(std::move(found), &answer);
  return answer;
}

v1::SourceAnswer AnswerOfPartner(const std::string& partner, const std::optional<exchange::AskResult>& result) {
  v1::SourceAnswer answer;
  answer.set_source(partner);
  if (!result.has_value()) {
    answer.set_status(v1::SOURCE_STATUS_PARTNER_UNAVAILABLE);
    answer.set_explanation("the partner did not answer in time");
    return answer;
  }
  *answer.mutable_exchange() = result->summary;
  if (!result->status.ok()) {
    const bool is_own_seal = ReasonOf(result->status) == certs::kSignerUnavailable;
    answer.set_status(is_own_seal ? v1::SOURCE_STATUS_SEAL_UNAVAILABLE : StatusOfRefusal(result->status.code()));
    answer.set_explanation(std::string(result->status.message()));
    return answer;
  }
  if (result->summary.delivery_state() != v1::DELIVERY_STATE_DELIVERED) {
    answer.set_status(v1::SOURCE_STATUS_PARTNER_UNAVAILABLE);
    answer.set_explanation("the partner could not be reached");
    return answer;
  }
  absl::StatusOr<v1::WatchlistAnswer> found = ReadAnswer(result->result);
  if (!found.ok()) {
    answer.set_status(v1::SOURCE_STATUS_FAILED);
    answer.set_explanation(std::string(found.status().message()));
  } else if (!found->hit() && result->summary.disclosure() < v1::DISCLOSURE_LEVEL_HIT_NO_HIT) {
    // An answer of which everything was withheld has the same bytes as one that found nothing.
    answer.set_status(v1::SOURCE_STATUS_NOT_DISCLOSED);
    answer.set_explanation("the partner answered, but the treaty discloses nothing of the answer");
  } else {
    SetFound(*std::move(found), &answer);
  }
  return answer;
}

v1::Advice AdviceFor(const v1::CheckTravellerResponse& response) {
  bool clear = true;
  for (const v1::SourceAnswer& source : response.sources()) {
    if (source.status() == v1::SOURCE_STATUS_HIT) return v1::ADVICE_STOP;
    clear = clear && source.status() == v1::SOURCE_STATUS_NO_HIT;
  }
  for (const v1::DocumentCheck& check : response.document_checks()) clear = clear && check.passed();
  return clear && !response.sources().empty() ? v1::ADVICE_CLEAR : v1::ADVICE_REFER;
}

}  // namespace tamga::watchlist
