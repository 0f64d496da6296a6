// The audit of stored tiles.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "node/ledger/fault_list.h"
#include "node/store/exchange_db.h"

namespace tamga::ledger {

// Checks that each full tile of a log of `size` entries is there, holds the leaves (or roots of the tiles) that it
// covers and has the root that is stored with it. Entries that are missing or unreadable are left to the audit of
// entries. `go_on` is called now and then, while no session is held; its error ends the audit and is handed on.
absl::Status AuditTiles(store::ReadableDb& database, uint64_t size, const std::function<absl::Status()>& go_on,
                        FaultList& faults);

}  // namespace tamga::ledger
