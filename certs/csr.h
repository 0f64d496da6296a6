// A request for a certificate (PKCS #10, RFC 2986): whom it is to name, for which key, and proof that the asker holds
// that key. Nothing else is believed of what it says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_ptr.h"
#include "certs/principal.h"

namespace tamga::certs {

// Of a request's PEM block.
inline constexpr char kCsrLabel[] = "CERTIFICATE REQUEST";

// Immutable; copies share the key. Thread-safe.
class Csr {
 public:
  static constexpr size_t kMaxDerBytes = 4096;

  // All of `der`, in DER proper, of version 1: a P-256 key (see P256PublicKey), one attribute, extensionRequest, with
  // one extension, subjectAltName, with one name, the SPIFFE id; signed by ECDSA with SHA-256 with that key. The
  // subject is not looked at. InvalidArgument otherwise: CSR_MALFORMED, CSR_BAD_KEY, CSR_BAD_IDENTITY,
  // CSR_BAD_SIGNATURE.
  static absl::StatusOr<Csr> FromDer(absl::string_view der);

  const Principal& principal() const { return principal_; }
  // For OpenSSL's calls, which take it as mutable but only look.
  EVP_PKEY& key() const { return *key_; }
  // SHA-256 of the key's SubjectPublicKeyInfo, 32 bytes.
  const std::string& key_sha256() const { return key_sha256_; }

 private:
  Csr(Principal principal, EvpPkeyPtr key);

  Principal principal_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string key_sha256_;
};

// A request of the form that FromDer takes, with an empty subject. `key` is P-256 and secret. Internal error if OpenSSL
// refuses.
absl::StatusOr<std::string> MakeCsr(const Principal& principal, EVP_PKEY& key);

// ECDSA with SHA-256 over `data`, in DER (RFC 3279 section 2.2.3).
using SignBytes = std::function<absl::StatusOr<std::string>(absl::string_view data)>;

// The same for a key that is elsewhere, by its SubjectPublicKeyInfo (DER) and what it signs. Errors of `sign`;
// FailedPrecondition if what it signs is not that key's.
absl::StatusOr<std::string> MakeCsr(const Principal& principal, absl::string_view spki, const SignBytes& sign);

}  // namespace tamga::certs
