#include "certs/ed25519.h"

#include <sodium.h>

#include <utility>

#include "node/base/check.h"

namespace tamga::certs {
namespace {

// Chooses libsodium's fastest code for this machine, once.
void InitSodium() {
  static const int result = sodium_init();
  TAMGA_CHECK(result >= 0);
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

struct Ed25519Key::Secret {
  unsigned char bytes[crypto_sign_SECRETKEYBYTES];

  ~Secret() { sodium_memzero(bytes, sizeof(bytes)); }
};

Ed25519Key::Ed25519Key(std::unique_ptr<Secret> secret, std::string public_key)
    : secret_(std::move(secret)), public_key_(std::move(public_key)) {}
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;
Ed25519Key::~Ed25519Key() = default;

absl::StatusOr<Ed25519Key> Ed25519Key::FromSeed(absl::string_view seed) {
  InitSodium();
  if (seed.size() != crypto_sign_SEEDBYTES) return absl::InvalidArgumentError("an Ed25519 seed must be 32 bytes");
  auto secret = std::make_unique<Secret>();
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
  crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(public_key.data()), secret->bytes, Bytes(seed));
  return Ed25519Key(std::move(secret), std::move(public_key));
}

std::string Ed25519Key::Sign(absl::string_view message) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, Bytes(message), message.size(),
                       secret_->bytes);
  return signature;
}

bool VerifyEd25519(absl::string_view public_key, absl::string_view message, absl::string_view signature) {
  InitSodium();
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(Bytes(signature), Bytes(message), message.size(), Bytes(public_key)) == 0;
}

}  // namespace tamga::certs
