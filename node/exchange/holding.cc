#include "node/exchange/holding.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/uuid.h"

namespace tamga::exchange {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

// The duty that an obligation is; nothing for one that is seen to before the exchange.
std::optional<v1::HoldingDuty> DutyOf(const v1::Obligation& obligation, absl::Time received_at) {
  v1::HoldingDuty duty;
  *duty.mutable_obligation() = obligation;
  duty.set_state(v1::DUTY_STATE_OPEN);
  switch (obligation.type()) {
    case v1::OBLIGATION_TYPE_RETAIN_AT_MOST:
    case v1::OBLIGATION_TYPE_REPORT_USE:
      *duty.mutable_due_at() = ToProto(received_at + obligation.amount() * kDay);
      return duty;
    case v1::OBLIGATION_TYPE_NOTIFY_WITHIN:
      *duty.mutable_due_at() = ToProto(received_at + absl::Hours(obligation.amount()));
      return duty;
    case v1::OBLIGATION_TYPE_HUMAN_REVIEW:
      return duty;
    case v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER:
    case v1::OBLIGATION_TYPE_USE_ONLY_FOR:
      duty.set_state(v1::DUTY_STATE_IN_FORCE);
      return duty;
    default:
      return std::nullopt;
  }
}

v1::HandlingCode CodeOf(v1::ObligationType type) {
  switch (type) {
    case v1::OBLIGATION_TYPE_USE_ONLY_FOR:
      return v1::HANDLING_CODE_PURPOSE_BOUND;
    case v1::OBLIGATION_TYPE_HUMAN_REVIEW:
      return v1::HANDLING_CODE_REVIEW_FIRST;
    case v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER:
      return v1::HANDLING_CODE_NO_ONWARD;
    default:
      return v1::HANDLING_CODE_UNSPECIFIED;
  }
}

const v1::HoldingDuty* FindInForce(v1::ObligationType type, const v1::Holding& holding) {
  for (const v1::HoldingDuty& duty : holding.duties()) {
    if (duty.obligation().type() == type && duty.state() == v1::DUTY_STATE_IN_FORCE) return &duty;
  }
  return nullptr;
}

bool IsDue(const v1::HoldingDuty& duty, absl::Time now) {
  return duty.state() == v1::DUTY_STATE_OPEN && duty.has_due_at() && FromProto(duty.due_at()) <= now;
}

}  // namespace

std::optional<v1::Holding> MakeHolding(const v1::MessageHeader& request, bool own_asked,
                                       const policy::Decision& decision, const policy::ObligationSet& obligations,
                                       absl::Time received_at) {
  v1::Holding holding;
  const uint32_t own_bearer = own_asked ? v1::BEARER_ASKER : v1::BEARER_ANSWERER;
  for (const v1::Obligation& obligation : obligations.ToProto()) {
    if ((static_cast<uint32_t>(obligation.bearer()) & own_bearer) == 0) continue;
    const std::optional<v1::HoldingDuty> duty = DutyOf(obligation, received_at);
    if (!duty) continue;
    *holding.add_duties() = *duty;
    if (obligation.type() == v1::OBLIGATION_TYPE_RETAIN_AT_MOST) *holding.mutable_erase_at() = duty->due_at();
    if (const v1::HandlingCode code = CodeOf(obligation.type()); code != 0) holding.add_handling_codes(code);
  }
  if (holding.duties().empty()) return std::nullopt;
  std::sort(holding.mutable_handling_codes()->begin(), holding.mutable_handling_codes()->end());
  holding.set_exchange_id(request.exchange_id());
  holding.set_partner(own_asked ? request.to() : request.from());
  holding.set_own_asked(own_asked);
  holding.set_record_kind(request.record_kind());
  holding.set_operation(request.operation());
  holding.set_purpose(request.purpose());
  holding.set_treaty_id(request.treaty().id());
  holding.set_treaty_sha256(request.treaty().document_sha256());
  for (const std::string& article : decision.articles) holding.add_articles(article);
  *holding.mutable_received_at() = ToProto(received_at);
  return holding;
}

store::HoldingRow RowOf(const v1::Holding& holding) {
  store::HoldingRow row{OriginOf(holding), absl::InfiniteFuture(), absl::InfiniteFuture(), 0,
                        holding.SerializeAsString()};
  for (const v1::HoldingDuty& duty : holding.duties()) {
    row.states |= 1u << duty.state();
    if (!duty.has_due_at() || !IsToBeDone(duty)) continue;
    row.due_at = std::min(row.due_at, FromProto(duty.due_at()));
    if (duty.state() == v1::DUTY_STATE_OPEN) row.act_at = std::min(row.act_at, FromProto(duty.due_at()));
  }
  return row;
}

absl::StatusOr<v1::Holding> HoldingOf(const store::HoldingRow& row) {
  v1::Holding holding;
  if (holding.ParseFromString(row.body)) return holding;
  return Error(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
               absl::StrCat("the holding of exchange ", FormatUuid(row.origin.exchange_id),
                            " cannot be read; restore the backup"));
}

store::Origin OriginOf(const v1::Holding& holding) {
  return {holding.exchange_id(), holding.partner(), holding.own_asked()};
}

v1::LogEntry StartEntry(v1::EntryKind kind, const v1::Holding& holding, absl::string_view own, absl::Time now) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(kind);
  entry.set_exchange_id(holding.exchange_id());
  entry.set_own(std::string(own));
  entry.set_partner(holding.partner());
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_treaty_id(holding.treaty_id());
  entry.set_treaty_sha256(holding.treaty_sha256());
  *entry.mutable_articles() = holding.articles();
  entry.set_purpose(holding.purpose());
  entry.set_operation(holding.operation());
  entry.set_record_kind(holding.record_kind());
  return entry;
}

void Summarise(const v1::Holding& holding, v1::ExchangeSummary* summary) {
  for (const v1::HoldingDuty& duty : holding.duties()) *summary->add_obligations() = duty.obligation();
  if (holding.has_erase_at()) *summary->mutable_erase_at() = holding.erase_at();
}

v1::HoldingDuty* FindDuty(v1::ObligationType type, v1::Holding* holding) {
  for (v1::HoldingDuty& duty : *holding->mutable_duties()) {
    if (duty.obligation().type() == type) return &duty;
  }
  return nullptr;
}

bool IsToBeDone(const v1::HoldingDuty& duty) {
  return duty.state() == v1::DUTY_STATE_OPEN || duty.state() == v1::DUTY_STATE_OVERDUE;
}

const v1::Obligation* FindUseLimit(const v1::Holding& holding, v1::Purpose purpose) {
  const v1::HoldingDuty* duty = FindInForce(v1::OBLIGATION_TYPE_USE_ONLY_FOR, holding);
  if (duty == nullptr) return nullptr;
  const auto& purposes = duty->obligation().purposes();
  const bool serves = std::find(purposes.begin(), purposes.end(), purpose) != purposes.end();
  return serves ? nullptr : &duty->obligation();
}

bool BarsPassingOn(const v1::Holding& holding, absl::string_view agency) {
  return FindInForce(v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER, holding) != nullptr && holding.partner() != agency;
}

std::vector<v1::ObligationType> MarkOverdue(absl::Time now, v1::Holding* holding) {
  std::vector<v1::ObligationType> overdue;
  for (v1::HoldingDuty& duty : *holding->mutable_duties()) {
    if (!IsDue(duty, now) || duty.obligation().type() == v1::OBLIGATION_TYPE_RETAIN_AT_MOST) continue;
    duty.set_state(v1::DUTY_STATE_OVERDUE);
    overdue.push_back(duty.obligation().type());
  }
  return overdue;
}

bool IsToBeErased(const v1::Holding& holding, absl::Time now) {
  return holding.has_erase_at() && !holding.has_erased_at() && FromProto(holding.erase_at()) <= now;
}

void MarkErased(absl::Time now, v1::Holding* holding) {
  *holding->mutable_erased_at() = ToProto(now);
  for (v1::HoldingDuty& duty : *holding->mutable_duties()) {
    const v1::ObligationType type = duty.obligation().type();
    if (type == v1::OBLIGATION_TYPE_RETAIN_AT_MOST) {
      duty.set_state(v1::DUTY_STATE_DISCHARGED);
    } else if (duty.state() == v1::DUTY_STATE_IN_FORCE ||
               (type == v1::OBLIGATION_TYPE_HUMAN_REVIEW && IsToBeDone(duty))) {
      duty.set_state(v1::DUTY_STATE_ENDED);
    } else {
      continue;
    }
    *duty.mutable_done_at() = ToProto(now);
  }
}

}  // namespace tamga::exchange
