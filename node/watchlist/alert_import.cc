#include "node/watchlist/alert_import.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/watchlist/alert_checks.h"

namespace tamga::watchlist {
namespace {

constexpr int kMaxAlerts = 500;
constexpr int kMaxNamed = 100;

}  // namespace

absl::Status AlertImport::Take(const v1::ImportAlertsRequest& request) {
  RETURN_IF_ERROR(CheckMessage(request));
  std::vector<v1::Alert> accepted;
  std::set<std::string> ids;
  for (int i = 0; i < request.alerts_size(); ++i) {
    v1::Alert alert = request.alerts(i);
    alert.set_issuer(source_);
    // An identifier that is not in order could be anything, even a name: such an alert is named by its place.
    const bool nameable = CheckReference("alert_id", alert.alert_id()).ok();
    if (const absl::Status status = CheckAlert(alert); !status.ok()) {
      Reject(nameable ? alert.alert_id() : "", absl::StrCat("alerts[", i, "].", std::string(status.message())));
    } else if (!ids.insert(alert.alert_id()).second) {
      Reject(alert.alert_id(), absl::StrCat("alerts[", i, "].alert_id: appears twice in one message"));
    } else {
      accepted.push_back(std::move(alert));
    }
  }
  ASSIGN_OR_RETURN(const std::vector<PutOutcome> outcomes, book_.Put(accepted));
  for (size_t i = 0; i < outcomes.size(); ++i) Count(outcomes[i], accepted[i].alert_id());
  return absl::OkStatus();
}

absl::Status AlertImport::CheckMessage(const v1::ImportAlertsRequest& request) {
  if (source_.empty()) {
    RETURN_IF_ERROR(CheckReference("source", request.source()));
    source_ = request.source();
  } else if (!request.source().empty() && request.source() != source_) {
    return InvalidField("source", "must stay the same in one import; start another for another list");
  }
  if (request.alerts_size() > kMaxAlerts) {
    return InvalidField("alerts", absl::StrCat("has more than ", kMaxAlerts, " elements; send several messages"));
  }
  return absl::OkStatus();
}

void AlertImport::Reject(const std::string& alert_id, const std::string& reason) {
  result_.set_rejected_count(result_.rejected_count() + 1);
  if (result_.rejected_size() >= kMaxNamed) return;
  v1::RejectedAlert& rejected = *result_.add_rejected();
  rejected.set_alert_id(alert_id);
  rejected.set_reason(reason);
}

void AlertImport::Count(PutOutcome outcome, const std::string& alert_id) {
  switch (outcome) {
    case PutOutcome::kCreated:
      result_.set_created(result_.created() + 1);
      return;
    case PutOutcome::kUpdated:
      result_.set_updated(result_.updated() + 1);
      return;
    case PutOutcome::kUnchanged:
      result_.set_unchanged(result_.unchanged() + 1);
      return;
    case PutOutcome::kForeign:
      Reject(alert_id, "alert_id: belongs to an alert of another issuer");
      return;
  }
}

}  // namespace tamga::watchlist
