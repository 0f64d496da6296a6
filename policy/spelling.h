// A word that was probably meant, for messages about one that does not exist.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tamga::policy {

// Insertions, deletions and replacements of one byte, and swaps of two neighbours, that turn one word into the other.
size_t EditDistance(absl::string_view a, absl::string_view b);

// "; did you mean X?" with the candidate that is nearest to `word`, letter case aside; "" if none is near, or
// there are more than 200. Of equally near candidates the first counts.
std::string DidYouMean(absl::string_view word, const std::vector<absl::string_view>& candidates);

}  // namespace tamga::policy
