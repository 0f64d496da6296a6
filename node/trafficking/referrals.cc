#include "node/trafficking/referrals.h"

#include "node/base/uuid.h"

namespace tamga::trafficking {

bool RecordHandover(const v1::MessageHeader& header, v1::TraffickingCase* record) {
  if (KnowsExchange(*record, header)) return false;
  const bool referred = header.operation() == v1::OPERATION_TRAFFICKING_REFER;
  v1::ReferralStep& step = *record->add_referrals();
  step.set_from(header.from());
  step.set_to(header.to());
  step.set_kind(referred ? v1::REFERRAL_KIND_REFERRED : v1::REFERRAL_KIND_SHARED);
  *step.mutable_at() = header.issued_at();
  step.set_exchange_id(FormatUuid(header.exchange_id()));
  record->set_owner(referred ? header.to() : header.from());
  return true;
}

const v1::ReferralStep* FindHandover(const v1::TraffickingCase& record, const std::string& to, v1::ReferralKind kind) {
  for (auto step = record.referrals().rbegin(); step != record.referrals().rend(); ++step) {
    if (step->to() == to && step->kind() == kind) return &*step;
  }
  return nullptr;
}

bool KnowsExchange(const v1::TraffickingCase& record, const v1::MessageHeader& header) {
  const std::string exchange_id = FormatUuid(header.exchange_id());
  for (const v1::ReferralStep& step : record.referrals()) {
    if (step.exchange_id() == exchange_id) return true;
  }
  return false;
}

}  // namespace tamga::trafficking
