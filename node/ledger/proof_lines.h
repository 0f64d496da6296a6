// Lines of texts that hold proofs.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "node/base/encoding.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

inline constexpr size_t kMaxProofHashes = 63;

// Cuts the first line off `text` and gives it without its newline; nothing if `text` ends within a line.
inline std::optional<absl::string_view> TakeLine(absl::string_view& text) {
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  const absl::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Nothing unless the line is base64 of 32 bytes.
inline std::optional<Hash> ParseHashLine(absl::string_view line) {
  const absl::StatusOr<std::string> bytes = Base64Decode(line);
  if (!bytes.ok()) return std::nullopt;
  const absl::StatusOr<Hash> hash = Hash::FromBytes(*bytes);
  return hash.ok() ? std::optional<Hash>(*hash) : std::nullopt;
}

}  // namespace tamga::ledger
