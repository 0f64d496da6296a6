// SHA-256 of pieces one after the other, for those who hash much.
#pragma once

#include <array>
#include <initializer_list>

#include "absl/strings/string_view.h"

namespace tamga {

using Sha256Digest = std::array<char, 32>;

// As Sha256 (encoding.h) of all pieces joined. Nothing is copied or allocated.
Sha256Digest Sha256Of(std::initializer_list<absl::string_view> pieces);

}  // namespace tamga
