// Ed25519 (RFC 8032) for checkpoints of the exchange log. One verifier everywhere, libsodium's: Ed25519
// implementations differ on edge cases, and evidence must have one verdict.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

// A private key, wiped from memory when destroyed. Movable; a moved-from key may only be destroyed or assigned to.
// Thread-safe.
class Ed25519Key {
 public:
  // InvalidArgument unless the seed is 32 bytes.
  static absl::StatusOr<Ed25519Key> FromSeed(absl::string_view seed);

  Ed25519Key(Ed25519Key&&) noexcept;
  Ed25519Key& operator=(Ed25519Key&&) noexcept;
  ~Ed25519Key();

  // 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // 64 bytes; the same for the same message.
  std::string Sign(absl::string_view message) const;

 private:
  struct Secret;
  Ed25519Key(std::unique_ptr<Secret> secret, std::string public_key);

  std::unique_ptr<Secret> secret_;
  std::string public_key_;
};

// False also if the key is not 32 bytes or the signature not 64.
bool VerifyEd25519(absl::string_view public_key, absl::string_view message, absl::string_view signature);

}  // namespace tamga::certs
