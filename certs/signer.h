// Who can sign: a key in memory here; a key in a token (pkcs11_signer.h) or in another process (node/signer) elsewhere.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/algorithm_names.h"
#include "certs/key_helper.h"
#include "certs/openssl_ptr.h"
#include "certs/principal.h"

namespace tamga::certs {

// Thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;
  // The signature over PreAuthEncode(type, payload) (seal.h), in the form that the algorithm's name stands for. Nothing
  // else but certificate requests is ever signed, so whoever holds the key can see what for. Unavailable
  // (SIGNER_UNAVAILABLE) where the key is elsewhere and out of reach: what was to be sealed waits, or is asked again.
  virtual absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const = 0;
  // A certificate request (csr.h), DER, for the principal and this key. Errors as of Sign; Unimplemented for a key that
  // gets no certificate here, such as of another algorithm than ecdsa-p256-sha256.
  virtual absl::StatusOr<std::string> MakeCsr(const Principal& principal) const;
  // As in Signature.algorithm, such as "ecdsa-p256-sha256".
  virtual absl::string_view algorithm() const = 0;
  // SHA-256 of the public key's SubjectPublicKeyInfo, 32 bytes.
  virtual const std::string& key_id() const = 0;
  // Who has the key where it is not in this process's memory; null otherwise. Lives as long as this.
  virtual const KeyHelper* helper() const { return nullptr; }
};

// Unavailable, reason SIGNER_UNAVAILABLE, after a line in the operator's log with `detail`, which partners are not
// told.
absl::Status SignerUnavailable(absl::string_view detail);

// "ecdsa-p256-sha256" with a key in this process's memory.
class P256Signer final : public Signer {
 public:
  // PKCS#8 PEM, see ParsePrivateKeyPem.
  static absl::StatusOr<std::unique_ptr<P256Signer>> FromPem(absl::string_view pem);

  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  absl::StatusOr<std::string> MakeCsr(const Principal& principal) const override;
  absl::string_view algorithm() const override { return kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }

 private:
  explicit P256Signer(EvpPkeyPtr key);

  const EvpPkeyPtr key_;
  const std::string key_id_;
};

}  // namespace tamga::certs
