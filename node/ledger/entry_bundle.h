// Entry bundles (c2sp.org/tlog-tiles): entries one after the other, each after its length.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::ledger {

// Largest entry that a bundle can hold, and the largest bundle.
inline constexpr size_t kMaxBundledEntryBytes = 65535;
inline constexpr size_t kMaxBundleBytes = 256 * (2 + kMaxBundledEntryBytes);

// Adds an entry of at most kMaxBundledEntryBytes.
void AppendToBundle(absl::string_view entry, std::string& bundle);

// The entries, which refer to `bundle`. InvalidArgument if it ends within an entry.
absl::StatusOr<std::vector<absl::string_view>> ParseBundle(absl::string_view bundle);

}  // namespace tamga::ledger
