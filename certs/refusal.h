// Why a certificate or a seal is refused. The codes are stable: logs, callers and tests go by them.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/error.h"

namespace tamga::certs {

inline constexpr char kCertMissing[] = "CERT_MISSING";             // none was presented
inline constexpr char kCertMalformed[] = "CERT_MALFORMED";         // not DER or PEM, too large, not version 3
inline constexpr char kCertBadIdentity[] = "CERT_BAD_IDENTITY";    // names nobody, two, or what its State may not
inline constexpr char kCertUnknownState[] = "CERT_UNKNOWN_STATE";  // no roots of that State here
inline constexpr char kCertUntrusted[] = "CERT_UNTRUSTED";         // does not chain to the State's own roots
inline constexpr char kCertExpired[] = "CERT_EXPIRED";             // it or one of its issuers
inline constexpr char kCertNotYetValid[] = "CERT_NOT_YET_VALID";   // it or one of its issuers
inline constexpr char kCertWrongUsage[] = "CERT_WRONG_USAGE";      // a certificate for something else
inline constexpr char kCertWeakKey[] = "CERT_WEAK_KEY";            // not P-256, or a weak key or digest above it
inline constexpr char kBadIdentity[] = "BAD_IDENTITY";             // not a SPIFFE id of Tamga
inline constexpr char kSealMissing[] = "SEAL_MISSING";             // no signature that this node accepts
inline constexpr char kSealInvalid[] = "SEAL_INVALID";             // does not verify, or breaks the format
inline constexpr char kSealUntrusted[] = "SEAL_UNTRUSTED";         // the seal's certificate is refused; metadata
                                                                   // "certificate" has its CERT_ code

// Unauthenticated, with the reason.
inline absl::Status Refused(absl::string_view reason, absl::string_view message,
                            const std::map<std::string, std::string>& metadata = {}) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message, metadata);
}

}  // namespace tamga::certs
