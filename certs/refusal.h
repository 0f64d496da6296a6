// Why a certificate, a revocation list or a seal is refused. The codes are stable: logs, callers and tests go by them.
// docs/certificates.md explains each.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/error.h"

namespace tamga::certs {

inline constexpr char kCertMissing[] = "CERT_MISSING";                     // none was presented
inline constexpr char kCertMalformed[] = "CERT_MALFORMED";                 // not DER or PEM, too large, not version 3
inline constexpr char kCertBadSerial[] = "CERT_BAD_SERIAL";                // not 1 to 20 octets of a positive number
inline constexpr char kCertBadExtension[] = "CERT_BAD_EXTENSION";          // unknown and critical, twice, or misplaced
inline constexpr char kCertBadIdentity[] = "CERT_BAD_IDENTITY";            // names nobody, two, or in a bad form
inline constexpr char kCertNamesDiffer[] = "CERT_NAMES_DIFFER";            // a common name that is no alternative name
inline constexpr char kCertWrongName[] = "CERT_WRONG_NAME";                // not the name that was expected
inline constexpr char kCertUnknownState[] = "CERT_UNKNOWN_STATE";          // no roots of that State here
inline constexpr char kCertWrongState[] = "CERT_WRONG_STATE";              // an issuer names another State
inline constexpr char kCertUntrusted[] = "CERT_UNTRUSTED";                 // does not chain to the State's own roots
inline constexpr char kCertPathTooLong[] = "CERT_PATH_TOO_LONG";           // more issuers than allowed
inline constexpr char kCertBadIssuer[] = "CERT_BAD_ISSUER";                // an issuer that is no authority
inline constexpr char kCertIsAuthority[] = "CERT_IS_AUTHORITY";            // an authority in the place of a principal
inline constexpr char kCertExpired[] = "CERT_EXPIRED";                     // it or one of its issuers
inline constexpr char kCertNotYetValid[] = "CERT_NOT_YET_VALID";           // it or one of its issuers
inline constexpr char kCertBadKeyUsage[] = "CERT_BAD_KEY_USAGE";           // key usage absent or not the one needed
inline constexpr char kCertBadPurpose[] = "CERT_BAD_PURPOSE";              // extended key usage absent or another
inline constexpr char kCertWrongUsage[] = "CERT_WRONG_USAGE";              // a role that cannot be used here
inline constexpr char kCertWeakKey[] = "CERT_WEAK_KEY";                    // a key that is not in the list
inline constexpr char kCertWeakSignature[] = "CERT_WEAK_SIGNATURE";        // a signature that is not in the list
inline constexpr char kCertNameConstraint[] = "CERT_NAME_CONSTRAINT";      // a name that an issuer may not give
inline constexpr char kCertBadPolicy[] = "CERT_BAD_POLICY";                // certificate policies that do not add up
inline constexpr char kCertRevoked[] = "CERT_REVOKED";                     // it or one of its issuers
inline constexpr char kRevocationUnknown[] = "REVOCATION_UNKNOWN";         // no list of an issuer
inline constexpr char kRevocationStale[] = "REVOCATION_STALE";             // a list too old, or older than one at hand
inline constexpr char kRevocationFuture[] = "REVOCATION_FROM_THE_FUTURE";  // a list that is not issued yet
inline constexpr char kRevocationMalformed[] = "REVOCATION_MALFORMED";     // no list, or of a kind that is not read
inline constexpr char kRevocationUntrusted[] = "REVOCATION_UNTRUSTED";     // not signed by the issuer that it names
inline constexpr char kBadIdentity[] = "BAD_IDENTITY";                     // not a SPIFFE id of Tamga
inline constexpr char kSealMissing[] = "SEAL_MISSING";                     // no signature that this node accepts
inline constexpr char kSealInvalid[] = "SEAL_INVALID";                     // does not verify, or breaks the format
inline constexpr char kSealUntrusted[] = "SEAL_UNTRUSTED";  // the seal's certificate is refused; metadata "certificate"
                                                            // has its code; or a key that is not one of extra_seals
// Not a refusal: the key of the own seal cannot be used now. Unavailable.
inline constexpr char kSignerUnavailable[] = "SIGNER_UNAVAILABLE";

// Unauthenticated, with the reason.
inline absl::Status Refused(absl::string_view reason, absl::string_view message,
                            const std::map<std::string, std::string>& metadata = {}) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message, metadata);
}

}  // namespace tamga::certs
