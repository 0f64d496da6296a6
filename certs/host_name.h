// The forms of names in certificates (RFC 5280 section 4.2.1.6).
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tamga::certs {

// A fully qualified host name (RFC 1123 section 2.1): labels of letters, digits and hyphens, at most 253 characters; no
// final dot, and no last label of digits alone, as an address would have.
bool IsHostName(absl::string_view name);

// "*." and a host name of at least two labels: the asterisk stands for exactly one label (RFC 6125 section 6.4.3).
bool IsWildcardName(absl::string_view name);

// True if `name` is `domain` or has labels to the left of it. Whatever the letters' case.
bool IsHostIn(absl::string_view name, absl::string_view domain);

// "local@host": no spaces or control characters, and no quoted local part.
struct Mailbox {
  absl::string_view local;
  absl::string_view host;
};
std::optional<Mailbox> ParseMailbox(absl::string_view address);

// An absolute URI of visible ASCII with a scheme (RFC 3986 section 3).
bool IsAbsoluteUri(absl::string_view uri);

// The host of a URI's authority, without user information and port; nothing if it is not a host name.
std::optional<absl::string_view> HostOfUri(absl::string_view uri);

}  // namespace tamga::certs
