#include "node/exchange/quota.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr char kReason[] = "QUOTA_EXCEEDED";

// No part can hold a line break.
std::string KeyOf(const policy::Decision& decision, policy::Stage stage, const v1::MessageHeader& header) {
  return absl::StrCat(decision.treaty_id, "\n", static_cast<int>(stage), "\n", static_cast<int>(header.record_kind()),
                      "\n", static_cast<int>(header.operation()), "\n", header.from(), "\n", header.to());
}

}  // namespace

store::Effects CountAgainstQuota(const policy::Decision& decision, policy::Stage stage, const v1::MessageHeader& header,
                                 absl::Time now) {
  const uint32_t side = stage == policy::Stage::kRequestEgress ? v1::BEARER_ASKER : v1::BEARER_ANSWERER;
  store::Effects effects;
  const policy::ObligationSet::Item* quota = decision.obligations.Find(v1::OBLIGATION_TYPE_QUOTA);
  if (!decision.permitted || quota == nullptr || (quota->bearers & side) == 0) return effects;
  effects.writes.push_back([key = KeyOf(decision, stage, header), amount = quota->amount,
                            window = absl::Hours(quota->window_hours),
                            now](store::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool counted, transaction.CountUse(key, amount, window, now));
    if (counted) return absl::OkStatus();
    return Error(absl::StatusCode::kPermissionDenied, kReason, "the quota is used up");
  });
  return effects;
}

bool IsQuotaUsedUp(const absl::Status& status) { return ReasonOf(status) == kReason; }

policy::Decision QuotaExceeded(const policy::Decision& permitted) {
  policy::Decision denied;
  denied.reason = kReason;
  denied.treaty_id = permitted.treaty_id;
  denied.treaty_sha256 = permitted.treaty_sha256;
  denied.articles = permitted.articles;
  const policy::ObligationSet::Item* quota = permitted.obligations.Find(v1::OBLIGATION_TYPE_QUOTA);
  if (quota == nullptr) return denied;
  denied.explanation =
      absl::StrCat(absl::StrJoin(permitted.articles, " and "), " permits ", quota->amount,
                   " exchanges of this kind in ", quota->window_hours, " hours, and as many were made.");
  denied.missing.push_back("ask again later");
  return denied;
}

}  // namespace tamga::exchange
