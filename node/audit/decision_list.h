// Decisions of past exchanges, as the node keeps them beside the messages.
#pragma once

#include "absl/status/statusor.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::audit {

// A page of log entries, newest first, each with the decisions that are kept for it. INVALID_FIELD for a page size
// above 500, a period that ends before it begins, or a foreign page token.
absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(store::ExchangeDb& database, store::Vault& vault,
                                                        const v1::ListDecisionsRequest& request);

}  // namespace tamga::audit
