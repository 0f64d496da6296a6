// GOST R 34.10-2012 (RFC 7091) by OpenSSL's engine "gost" (Debian: libengine-gost-openssl). An engine is code that is
// loaded into the process, so this is for the helper program alone, never for the node.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/signer.h"

namespace tamga::gost {

// Loads the engine into this process, once; needed before all that follows. FailedPrecondition (GOST_ENGINE_MISSING) if
// it is not installed.
absl::Status LoadGostEngine();

// A private key in this process's memory: certs::kGost256 or certs::kGost512. The signature is s, then r.
class GostSigner final : public certs::Signer {
 public:
  // One "PRIVATE KEY" block (PKCS#8, not encrypted), strict PEM. InvalidArgument for anything but a GOST R 34.10-2012
  // key.
  static absl::StatusOr<std::unique_ptr<GostSigner>> FromPem(absl::string_view pem);

  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  absl::string_view algorithm() const override { return algorithm_; }
  const std::string& key_id() const override { return key_id_; }
  // SubjectPublicKeyInfo in DER.
  const std::string& spki() const { return spki_; }

 private:
  GostSigner(certs::EvpPkeyPtr key, absl::string_view algorithm);

  const certs::EvpPkeyPtr key_;
  const std::string algorithm_;
  const std::string spki_;
  const std::string key_id_;
};

// OK if `signature` is over `data` by the key; Unauthenticated (SEAL_INVALID) if not; InvalidArgument if the
// SubjectPublicKeyInfo is not a key of the algorithm.
absl::Status VerifyGost(absl::string_view algorithm, absl::string_view spki, absl::string_view data,
                        absl::string_view signature);

}  // namespace tamga::gost
