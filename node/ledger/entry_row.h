// From an entry's bytes to the row that finds it.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/hash.h"
#include "node/store/rows.h"

namespace tamga::ledger {

// Entries are small: identifiers, codes and commitments.
inline constexpr size_t kMaxEntryBytes = 4096;

// The row of the serialised v1::LogEntry `body`, its leaf hash included and its index left at 0. InvalidArgument if the
// bytes are too many, are no LogEntry of version 1, or lack kind, exchange id or partner.
absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body);
// The same where the leaf hash is known.
absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body, const Hash& leaf);

}  // namespace tamga::ledger
