// From an entry's bytes to the row that finds it.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/hash.h"
#include "node/store/rows.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::ledger {

// Entries are small: identifiers, codes and commitments.
inline constexpr size_t kMaxEntryBytes = 4096;

// InvalidArgument if the bytes are too many, are no v1::LogEntry of version 1, or lack kind, exchange id or partner.
absl::Status ReadEntry(absl::string_view body, v1::LogEntry& entry);

// The row of the serialised v1::LogEntry `body`, its leaf hash included and its index left at 0. Errors of ReadEntry.
absl::StatusOr<store::EntryRow> EntryRowOf(absl::string_view body);

// The first column that `row` has otherwise than EntryRowOf would make it of `entry`, by its name for people; "" if
// none.
absl::string_view DifferingColumn(const store::EntryRow& row, const v1::LogEntry& entry);

}  // namespace tamga::ledger
