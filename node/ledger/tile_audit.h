// The audit of stored tiles.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "node/ledger/fault_list.h"
#include "node/store/reader.h"

namespace tamga::ledger {

// Checks that each full tile of a log of `size` entries is there, holds the leaves (or roots of the tiles) that it
// covers and has the root that is stored with it. Entries that are missing or unreadable are left to the audit of
// entries.
void AuditTiles(store::Reader& reader, uint64_t size, FaultList& faults);

}  // namespace tamga::ledger
