// "ecdsa-p256-sha256" with a key that another process on this machine holds (signer_server.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/p256.h"
#include "certs/principal.h"
#include "certs/signer.h"
#include "node/base/resource_pool.h"
#include "node/base/unix_socket.h"
#include "node/signer/protocol.h"

namespace tamga::signer {

// Four connections at most, each used by one thread at a time. One that has broken, as after the other process was
// started anew, is replaced by a new one within the same call. A signature takes two seconds at most, or there is none.
class RemoteSigner final : public certs::Signer, public certs::KeyHelper {
 public:
  // `spki` is the SubjectPublicKeyInfo, DER, of the key that the other process must have; asked here, and again on each
  // connection. FailedPrecondition if it has another one, InvalidArgument if this is no key on P-256, Unavailable if it
  // does not answer.
  static absl::StatusOr<std::unique_ptr<RemoteSigner>> Open(std::string socket_path, absl::string_view spki);

  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  // Of seals alone.
  absl::StatusOr<std::string> MakeCsr(const certs::Principal& principal) const override;
  absl::string_view algorithm() const override { return certs::kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }
  const certs::KeyHelper* helper() const override { return this; }
  // Asks which key it has, and so whether it reaches it.
  void Check() const override;

 private:
  using Connections = ResourcePool<Descriptor>;
  using IsGood = std::function<bool(const std::string& value)>;

  RemoteSigner(std::string socket_path, std::string key_id, certs::P256PublicKey public_key);
  absl::StatusOr<std::unique_ptr<Descriptor>> Connect(Connections::Deadline deadline) const;
  // The value that is wanted, if it is good.
  absl::StatusOr<std::string> Have(const Request& request, const IsGood& is_good) const;
  absl::Status AskKey(const Descriptor& connection, Connections::Deadline deadline) const;
  absl::Status Unavailable(absl::string_view why) const;

  const std::string socket_path_;
  const std::string key_id_;
  const certs::P256PublicKey public_key_;
  mutable Connections connections_;
};

// A certificate request, DER, for the seal that is named and the key of the process at the socket, whichever that is:
// for before there is a certificate. Unavailable if it does not answer, or does not make one.
absl::StatusOr<std::string> AskForCsr(const std::string& socket_path, const certs::Principal& principal);

}  // namespace tamga::signer
