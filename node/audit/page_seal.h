// Page tokens that the node made for just this list: whoever goes on with a list has asked for its first page.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/exchange/entry.h"

namespace tamga::audit {

// For one caller and one list.
class PageSeal {
 public:
  // `list` says who asks for what; `pseudonyms` outlives this.
  PageSeal(const exchange::Pseudonyms& pseudonyms, std::string list)
      : pseudonyms_(pseudonyms), list_(std::move(list)) {}

  // The token as it is given out; empty for the last page's empty one.
  std::string Close(absl::string_view token) const;
  // The token that was closed; empty for an empty one. INVALID_FIELD for any other text.
  absl::StatusOr<std::string> Open(absl::string_view closed) const;

 private:
  const exchange::Pseudonyms& pseudonyms_;
  const std::string list_;
};

}  // namespace tamga::audit
