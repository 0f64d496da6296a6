#include "node/readmission/filed_steps.h"

#include "absl/strings/str_cat.h"

namespace tamga::readmission {
namespace {

bool IsCarriedBy(const v1::FiledStep& step, bool by_requesting, absl::string_view exchange_id) {
  return step.by_requesting() == by_requesting && step.exchange_id() == exchange_id;
}

}  // namespace

const v1::FiledStep* FindOwnStep(const v1::ReadmissionFile& file, absl::string_view own_agency,
                                 absl::string_view exchange_id) {
  if (exchange_id.empty()) return nullptr;
  const bool by_requesting = file.requesting_agency() == own_agency;
  if (IsCarriedBy(file.first(), by_requesting, exchange_id)) return &file.first();
  for (const v1::FiledStep& step : file.steps()) {
    if (IsCarriedBy(step, by_requesting, exchange_id)) return &step;
  }
  return nullptr;
}

v1::FiledStep* FindOwnStep(v1::ReadmissionFile* file, absl::string_view own_agency, absl::string_view exchange_id) {
  return const_cast<v1::FiledStep*>(FindOwnStep(*file, own_agency, exchange_id));
}

// Neither identifier has a slash.
std::string ToText(const KeptCall& call) { return absl::StrCat(call.case_id, "/", call.exchange_id); }

KeptCall ReadKeptCall(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

bool Reopen(absl::string_view own_agency, absl::string_view exchange_id, v1::ReadmissionFile* file) {
  v1::FiledStep* step = FindOwnStep(file, own_agency, exchange_id);
  if (step == nullptr || !step->failed()) return false;
  const bool is_first = step == file->mutable_first();
  uint32_t standing = step->by_requesting() && !is_first && !file->first().failed() ? 1 : 0;
  for (const v1::FiledStep& other : file->steps()) {
    if (other.by_requesting() == step->by_requesting() && !other.failed()) ++standing;
  }
  if (step->step().number() != standing + 1) return false;
  step->set_failed(false);
  step->clear_failure();
  step->clear_failure_code();
  step->clear_failure_text();
  step->set_delivery(v1::DELIVERY_STATE_QUEUED);
  return true;
}

v1::ExchangeSummary SummaryOf(const v1::ReadmissionFile& file, absl::string_view own_agency,
                              const v1::FiledStep& step) {
  v1::ExchangeSummary summary;
  summary.set_partner(file.requesting_agency() == own_agency ? file.requested_agency() : file.requesting_agency());
  summary.set_treaty_id(file.treaty_id());
  summary.set_exchange_id(step.exchange_id());
  summary.set_delivery_state(step.delivery());
  *summary.mutable_articles() = step.articles();
  *summary.mutable_completed_at() = step.filed_at();
  if (step.has_log()) *summary.mutable_own_log() = step.log();
  return summary;
}

}  // namespace tamga::readmission
