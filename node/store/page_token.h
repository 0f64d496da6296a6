// Page tokens of lists that are sorted by time and then by a name, newest first.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tamga::store {

// The last row of a page.
struct PageEnd {
  absl::Time time;
  std::string name;
};

// Opaque to callers.
std::string MakePageToken(const PageEnd& end);

// Nothing for the empty token, which asks for the first page; INVALID_FIELD for a token that MakePageToken did not
// make.
absl::StatusOr<std::optional<PageEnd>> ReadPageToken(absl::string_view token);

}  // namespace tamga::store
