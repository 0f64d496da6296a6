// DER (X.690) looked at by itself: OpenSSL also reads BER, and keeps what it read as it was.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace tamga::certs {

// One element: identifier octet, contents, and all of its octets.
struct DerElement {
  unsigned char tag;
  absl::string_view content;
  absl::string_view whole;
};

// Takes the first element off `der`. Nothing if there is none with a definite length in its shortest form, or if its
// tag number is above 30, which X.509 does not use.
std::optional<DerElement> TakeDerElement(absl::string_view& der);

// True for one element of a certificate, a revocation list or one of their extensions in DER, with all that is nested
// in it, at most 32 deep: shortest lengths and integers, no BOOLEAN that is FALSE (each has that default, X.690 section
// 11.5), sets in order, strings in one piece. What implicit tags and octet strings hold is not looked into.
bool IsDer(absl::string_view der);

}  // namespace tamga::certs
