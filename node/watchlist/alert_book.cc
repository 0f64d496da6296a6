#include "node/watchlist/alert_book.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/typed.h"

namespace tamga::watchlist {
namespace {

absl::Status AlertUnknown() {
  return Error(absl::StatusCode::kNotFound, "ALERT_UNKNOWN", "alert_id: this node holds no such alert");
}

}  // namespace

absl::Status AlertBook::Load() {
  MutexLock lock(change_);
  return records_.ForEach(kAlertKind, [this](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::Alert alert, domain::ParseStored<v1::Alert>(record));
    index_.Upsert(alert);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<PutOutcome>> AlertBook::Put(const std::vector<v1::Alert>& alerts) {
  MutexLock lock(change_);
  const absl::Time now = clock_.Now();
  std::vector<PutOutcome> outcomes;
  std::vector<const v1::Alert*> changed;
  store::Effects effects;
  for (const v1::Alert& alert : alerts) {
    const absl::StatusOr<store::Record> stored = records_.Get(kAlertKind, alert.alert_id());
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    std::string body = alert.SerializeAsString();
    if (stored.ok()) {
      ASSIGN_OR_RETURN(const v1::Alert old, domain::ParseStored<v1::Alert>(*stored));
      if (old.issuer() != alert.issuer() || stored->body == body) {
        outcomes.push_back(old.issuer() != alert.issuer() ? PutOutcome::kForeign : PutOutcome::kUnchanged);
        continue;
      }
    }
    outcomes.push_back(stored.ok() ? PutOutcome::kUpdated : PutOutcome::kCreated);
    changed.push_back(&alert);
    effects.Add(records_.Put(kAlertKind, alert.alert_id(), stored.ok() ? stored->version : 0, std::move(body), now));
  }
  if (changed.empty()) return outcomes;
  RETURN_IF_ERROR(writer_.Commit(std::move(effects)));
  for (const v1::Alert* alert : changed) index_.Upsert(*alert);
  return outcomes;
}

absl::Status AlertBook::Remove(const std::string& alert_id) {
  MutexLock lock(change_);
  const absl::StatusOr<store::Record> stored = records_.Get(kAlertKind, alert_id);
  if (absl::IsNotFound(stored.status())) return AlertUnknown();
  RETURN_IF_ERROR(stored.status());
  RETURN_IF_ERROR(writer_.Commit(records_.Delete(kAlertKind, alert_id, stored->version)));
  index_.Remove(alert_id);
  return absl::OkStatus();
}

absl::StatusOr<v1::Alert> AlertBook::Get(const std::string& alert_id) const {
  const absl::StatusOr<store::Record> stored = records_.Get(kAlertKind, alert_id);
  if (absl::IsNotFound(stored.status())) return AlertUnknown();
  RETURN_IF_ERROR(stored.status());
  return domain::ParseStored<v1::Alert>(*stored);
}

absl::StatusOr<v1::WatchlistAnswer> AlertBook::Find(const v1::TravellerQuery& traveller) const {
  v1::WatchlistAnswer answer;
  for (const Match& match : index_.Find(traveller, clock_.Now())) {
    absl::StatusOr<v1::Alert> alert = Get(match.alert_id);
    if (absl::IsNotFound(alert.status())) continue;  // withdrawn this moment
    RETURN_IF_ERROR(alert.status());
    v1::Candidate& candidate = *answer.add_candidates();
    candidate.set_match(match.kind);
    *candidate.mutable_alert() = *std::move(alert);
  }
  answer.set_hit(!answer.candidates().empty());
  return answer;
}

}  // namespace tamga::watchlist
