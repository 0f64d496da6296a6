#include "certs/x25519.h"

#include <utility>

#include "certs/openssl_error.h"
#include "certs/wiper.h"

namespace tamga::certs {
namespace {

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

X25519Key::X25519Key(EvpPkeyPtr key, std::string public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

absl::StatusOr<X25519Key> X25519Key::FromBytes(absl::string_view private_key) {
  if (private_key.size() != kX25519Bytes) return absl::InvalidArgumentError("an X25519 key must be 32 bytes");
  EvpPkeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, Bytes(private_key), private_key.size()));
  std::string public_key(kX25519Bytes, '\0');
  size_t size = public_key.size();
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), Out(public_key), &size) != 1) {
    return OpenSslError("cannot make an X25519 key");
  }
  return X25519Key(std::move(key), std::move(public_key));
}

absl::StatusOr<X25519Key> X25519Key::Generate(Rng& rng) {
  std::string private_key = rng.Bytes(kX25519Bytes);
  const Wiper wiper(private_key);
  return FromBytes(private_key);
}

absl::StatusOr<std::string> X25519Key::Agree(absl::string_view peer_public_key) const {
  if (peer_public_key.size() != kX25519Bytes) {
    return absl::InvalidArgumentError("an X25519 public key must be 32 bytes");
  }
  const EvpPkeyPtr peer(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, Bytes(peer_public_key), peer_public_key.size()));
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (peer == nullptr || context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) {
    return OpenSslError("cannot begin to agree on a secret");
  }
  std::string secret(kX25519Bytes, '\0');
  size_t size = secret.size();
  // OpenSSL fails where the result is zero, and only there.
  if (EVP_PKEY_derive(context.get(), Out(secret), &size) != 1 || size != kX25519Bytes) {
    DrainOpenSslErrors();
    return absl::InvalidArgumentError("the X25519 public key is a point of small order");
  }
  return secret;
}

}  // namespace tamga::certs
