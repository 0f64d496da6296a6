// The two forms of an ECDSA signature on P-256: DER, which X.509 and we use, and r || s (IEEE P1363), which PKCS#11 and
// JOSE use.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

// r and s, 32 bytes each.
inline constexpr size_t kP1363Bytes = 64;

// ECDSA-Sig-Value in DER (RFC 3279 section 2.2.3). InvalidArgument unless 64 bytes. Whether the numbers can be those of
// a signature is for the verifier.
absl::StatusOr<std::string> P1363ToDer(absl::string_view signature);

// The other way. InvalidArgument unless `der` is in DER, without anything behind it, and both numbers are from 0 to
// 2^256 - 1.
absl::StatusOr<std::string> DerToP1363(absl::string_view der);

}  // namespace tamga::certs
