// Entries of messages that one key sealed: what is in doubt once the key is.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/store/reader.h"
#include "node/store/rows.h"

namespace tamga::audit {

// Most entries that one page looks at.
inline constexpr size_t kMostLookedAt = 20'000;

// Of the entries that Reader::ListEntries gives, newest first, those whose seal_key_id is `key_id` (32 bytes). There is
// no index: keys are asked for when one was lost, and an index would be written with every entry. A page may have fewer
// than `page_size`, or none, and be followed by another.
absl::StatusOr<store::EntryPage> ListSealedBy(store::Reader& reader, const store::EntryFilter& filter,
                                              absl::string_view key_id, size_t page_size,
                                              const std::string& page_token);

}  // namespace tamga::audit
