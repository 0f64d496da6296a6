// The node's side of a helper program: what it asks it to sign and to verify.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/extra_algorithm.h"
#include "certs/key_helper.h"
#include "certs/signer.h"
#include "node/gost/channel.h"

namespace tamga::gost {

// Asks the helper at a socket. Thread-safe.
class HelperConnection final : public certs::KeyHelper {
 public:
  // `key_id` is that of the key that the helper is to sign with; empty if it only verifies.
  HelperConnection(const std::string& socket, std::string key_id)
      : KeyHelper(socket), socket_(socket), key_id_(std::move(key_id)) {}

  // The fields of an answer that is not an error. Unavailable (SIGNER_UNAVAILABLE).
  absl::StatusOr<Fields> Ask(const Fields& question) const;
  // The same error, after a line in the operator's log with `what`, which callers and partners are not told.
  absl::Status Unavailable(absl::string_view what) const;
  // Asks which key it has.
  void Check() const override;

 private:
  const std::string socket_;
  const std::string key_id_;
};

// Signs with the helper's key, which must be that of a public key. Errors: Unavailable (SIGNER_UNAVAILABLE), whatever
// the helper has to say, so that what can wait does. Thread-safe.
class HelperSigner final : public certs::Signer {
 public:
  HelperSigner(const std::string& socket, std::string algorithm, absl::string_view spki);

  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  absl::string_view algorithm() const override { return algorithm_; }
  const std::string& key_id() const override { return key_id_; }
  const certs::KeyHelper* helper() const override { return connection_.get(); }
  const std::shared_ptr<const HelperConnection>& connection() const { return connection_; }

 private:
  const std::string algorithm_;
  const std::string key_id_;
  const std::shared_ptr<const HelperConnection> connection_;
};

// Errors beside SEAL_INVALID: Unavailable (SIGNER_UNAVAILABLE). Thread-safe.
class HelperVerifier final : public certs::SignatureVerifier {
 public:
  HelperVerifier(std::shared_ptr<const HelperConnection> connection, std::string algorithm)
      : connection_(std::move(connection)), algorithm_(std::move(algorithm)) {}

  absl::Status Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const override;

 private:
  const std::shared_ptr<const HelperConnection> connection_;
  const std::string algorithm_;
};

}  // namespace tamga::gost
