// Who may call what: one table for all RPCs.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "certs/principal.h"

namespace tamga::exchange {

// Whose callers a node serves.
struct AccessPolicy {
  std::string own_agency;
  std::vector<std::string> partner_agencies;  // whose nodes may exchange
  std::vector<std::string> auditor_agencies;  // whose auditors may read the log
};

// OK if `caller` may call `method` ("WatchlistService.CheckTraveller"). PermissionDenied otherwise: UNKNOWN_AGENCY for
// callers of an agency that this node does not serve, WRONG_ROLE for callers who hold another role than the method
// asks.
absl::Status CheckAccess(const AccessPolicy& policy, const certs::Principal& caller, absl::string_view method);

}  // namespace tamga::exchange
