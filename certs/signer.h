// Who can sign: a key in memory here, a key in a hardware module elsewhere.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/algorithm_names.h"
#include "certs/openssl_ptr.h"

namespace tamga::certs {

// Thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;
  // The signature over `data`, in the form that the algorithm's name stands for.
  virtual absl::StatusOr<std::string> Sign(absl::string_view data) const = 0;
  // As in Signature.algorithm, such as "ecdsa-p256-sha256".
  virtual absl::string_view algorithm() const = 0;
  // SHA-256 of the public key's SubjectPublicKeyInfo, 32 bytes.
  virtual const std::string& key_id() const = 0;
};

// "ecdsa-p256-sha256" with a key in this process's memory.
class P256Signer final : public Signer {
 public:
  // PKCS#8 PEM, see ParsePrivateKeyPem.
  static absl::StatusOr<std::unique_ptr<P256Signer>> FromPem(absl::string_view pem);

  absl::StatusOr<std::string> Sign(absl::string_view data) const override;
  absl::string_view algorithm() const override { return kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }

 private:
  explicit P256Signer(EvpPkeyPtr key);

  const EvpPkeyPtr key_;
  const std::string key_id_;
};

}  // namespace tamga::certs
