// Quotas: so many exchanges in so many hours, counted in the commit that lets one through.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/store/effects.h"
#include "policy/decision.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Counts the request that `header` puts, if `decision`, taken at `stage`, asks the own side to keep a quota: the asker
// at kRequestEgress, the answerer at any other. Each stage counts apart, for each may have a limit of its own. Where it
// is used up, the commit fails (see IsQuotaUsedUp).
store::Effects CountAgainstQuota(const policy::Decision& decision, policy::Stage stage, const v1::MessageHeader& header,
                                 absl::Time now);

bool IsQuotaUsedUp(const absl::Status& status);

// What becomes of `permitted` where the quota is used up: a denial, QUOTA_EXCEEDED.
policy::Decision QuotaExceeded(const policy::Decision& permitted);

}  // namespace tamga::exchange
