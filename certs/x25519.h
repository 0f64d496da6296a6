// X25519 (RFC 7748): a secret that two key pairs have in common.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_ptr.h"
#include "node/base/rng.h"

namespace tamga::certs {

// Of a private key, a public key and a shared secret.
inline constexpr size_t kX25519Bytes = 32;

// A private key. Movable; a moved-from key may only be destroyed or assigned to. Thread-safe.
class X25519Key {
 public:
  // Any 32 bytes are a private key (section 5); InvalidArgument for other sizes.
  static absl::StatusOr<X25519Key> FromBytes(absl::string_view private_key);
  // A new one.
  static absl::StatusOr<X25519Key> Generate(Rng& rng);

  // 32 bytes.
  const std::string& public_key() const { return public_key_; }

  // The shared secret, 32 bytes: no key yet, but what to derive one from. InvalidArgument unless the peer's key has 32
  // bytes, or where the secret would be zero, as with the points of small order (section 6.1). Encodings that are not
  // canonical are taken, as section 5 wants.
  absl::StatusOr<std::string> Agree(absl::string_view peer_public_key) const;

 private:
  X25519Key(EvpPkeyPtr key, std::string public_key);

  EvpPkeyPtr key_;
  std::string public_key_;
};

}  // namespace tamga::certs
