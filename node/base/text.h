// Text that comes from outside.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga {

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool IsUtf8(absl::string_view text);

// Every byte that is not part of well-formed UTF-8 becomes "?".
std::string ReplaceInvalidUtf8(absl::string_view text);

// OK for 1 to 64 characters of A-Z a-z 0-9 - / . _ ; otherwise INVALID_FIELD naming `field`.
absl::Status CheckReference(absl::string_view field, absl::string_view value);

// OK for well-formed UTF-8 without control characters, at most `max_bytes` long; otherwise INVALID_FIELD naming
// `field`.
absl::Status CheckText(absl::string_view field, absl::string_view value, size_t max_bytes);

// OK for "AAA/name": ISO 3166 alpha-3 in capitals, then lower-case letters, digits and hyphens; otherwise
// INVALID_FIELD.
absl::Status CheckAgency(absl::string_view field, absl::string_view value);

// "KAZ" of "KAZ/border-service"; "" if there is no slash.
std::string StateOf(absl::string_view agency);

// "Cite a treaty." of "cite a treaty": a capital (of ASCII) first, a full stop last.
std::string Sentence(absl::string_view clause);

}  // namespace tamga
