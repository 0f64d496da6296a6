// Text on a terminal: made harmless, and measured in columns.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace tamga::cli {

// `text` with every control character (C0, DEL, C1), every character that reorders text, and every byte that is not
// UTF-8 replaced by "?": what a partner sent must not move the cursor, hide or rearrange what the officer reads.
std::string DisplayText(absl::string_view text);

// The same, but line breaks stay.
std::string DisplayLines(absl::string_view text);

// Columns that well-formed UTF-8 takes: combining marks none, East Asian wide characters two.
size_t DisplayWidth(absl::string_view text);

}  // namespace tamga::cli
