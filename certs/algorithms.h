// The keys and signatures that are strong enough. What is not in these lists is refused, however good it may be.
#pragma once

#include <openssl/x509.h>

#include <optional>

#include "absl/status/status.h"
#include "certs/certificate.h"

namespace tamga::certs {

// With the digest named; the parameters as RFC 4055, 5758 and 8410 have them.
enum class SignatureAlgorithm {
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kRsaSha256,  // PKCS #1 version 1.5
  kRsaSha384,
  kRsaSha512,
  kEd25519,
};

// Nothing for any other, and for those above with other parameters.
std::optional<SignatureAlgorithm> SignatureAlgorithmOf(const X509_ALGOR* identifier);
// Of the certificate's own signature.
std::optional<SignatureAlgorithm> SignatureAlgorithmOf(const Certificate& certificate);

// OK for P-256 and P-384 (named curve, uncompressed point on it), Ed25519, and RSA of 3,072 to 8,192 bits, a multiple
// of 8, with an odd exponent of at least 65,537. Unauthenticated (CERT_WEAK_KEY) otherwise.
absl::Status CheckKey(const Certificate& certificate);

}  // namespace tamga::certs
