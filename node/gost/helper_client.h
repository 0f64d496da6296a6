// The node's side of a helper program: what it asks it to sign and to verify.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/extra_algorithm.h"
#include "certs/signer.h"

namespace tamga::gost {

// Signs with the helper's key, which must be that of a public key. Errors: Unavailable (SIGNER_UNAVAILABLE), whatever
// the helper has to say, so that what can wait does. Thread-safe.
class HelperSigner final : public certs::Signer {
 public:
  HelperSigner(std::string socket, std::string algorithm, absl::string_view spki);

  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  absl::string_view algorithm() const override { return algorithm_; }
  const std::string& key_id() const override { return key_id_; }

 private:
  const std::string socket_;
  const std::string algorithm_;
  const std::string key_id_;
};

// Errors beside SEAL_INVALID: Unavailable (SIGNER_UNAVAILABLE). Thread-safe.
class HelperVerifier final : public certs::SignatureVerifier {
 public:
  HelperVerifier(std::string socket, std::string algorithm)
      : socket_(std::move(socket)), algorithm_(std::move(algorithm)) {}

  absl::Status Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const override;

 private:
  const std::string socket_;
  const std::string algorithm_;
};

}  // namespace tamga::gost
