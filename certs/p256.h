// ECDSA on P-256 with SHA-256, the one algorithm that every node speaks.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"

namespace tamga::certs {

// A public key. Immutable, copies share it, thread-safe.
class P256PublicKey {
 public:
  // A SubjectPublicKeyInfo in DER: named curve P-256, uncompressed point (RFC 5480). InvalidArgument otherwise.
  static absl::StatusOr<P256PublicKey> FromSpki(absl::string_view spki);

  // OK if `signature` (DER, RFC 3279 section 2.2.3) is this key's over SHA-256 of `data`; Unauthenticated
  // (SEAL_INVALID) otherwise.
  absl::Status Verify(absl::string_view data, absl::string_view signature) const;

 private:
  explicit P256PublicKey(EvpPkeyPtr key) : key_(std::move(key)) {}

  std::shared_ptr<EVP_PKEY> key_;
};

// True for the SubjectPublicKeyInfo that FromSpki takes; whether the point is on the curve is not looked at.
bool IsP256Spki(absl::string_view spki);

// A new private key from OpenSSL's generator.
absl::StatusOr<EvpPkeyPtr> GenerateP256Key();

// One "PRIVATE KEY" block (PKCS#8, not encrypted), strict PEM, with a P-256 key whose parts fit together;
// InvalidArgument otherwise.
absl::StatusOr<EvpPkeyPtr> ParsePrivateKeyPem(absl::string_view pem);

// The same form. The result is a secret.
absl::StatusOr<std::string> WritePrivateKeyPem(const EVP_PKEY& key);

// SubjectPublicKeyInfo of a key, DER.
std::string SpkiOf(const EVP_PKEY& key);

}  // namespace tamga::certs
