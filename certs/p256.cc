#include "certs/p256.h"

#include <openssl/ec.h>

#include "absl/strings/match.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "certs/wiper.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr char kPrivateKeyLabel[] = "PRIVATE KEY";

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { uncompressed point } } up to the coordinates.
constexpr unsigned char kSpkiPrefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                         0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                         0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr size_t kSpkiBytes = sizeof(kSpkiPrefix) + 64;

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Public point on the curve and, for a private key, the pair consistent.
bool PairFits(EVP_PKEY* key) {
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context != nullptr && EVP_PKEY_check(context.get()) == 1;
}

}  // namespace

bool IsP256Spki(absl::string_view spki) {
  const absl::string_view prefix(reinterpret_cast<const char*>(kSpkiPrefix), sizeof(kSpkiPrefix));
  return spki.size() == kSpkiBytes && absl::StartsWith(spki, prefix);
}

absl::StatusOr<P256PublicKey> P256PublicKey::FromSpki(absl::string_view spki) {
  EvpPkeyPtr key = IsP256Spki(spki) ? FromDer<EvpPkeyPtr, d2i_PUBKEY>(spki) : nullptr;
  if (key == nullptr) {
    DrainOpenSslErrors();
    return absl::InvalidArgumentError("the key is not an uncompressed P-256 SubjectPublicKeyInfo");
  }
  return P256PublicKey(std::move(key));
}

absl::Status P256PublicKey::Verify(absl::string_view data, absl::string_view signature) const {
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1) {
    return OpenSslError("cannot begin to verify a signature");
  }
  // OpenSSL compares the signature with its re-encoding, so there is one accepted form (no BER, no trailing bytes).
  if (EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(data), data.size()) == 1) {
    return absl::OkStatus();
  }
  DrainOpenSslErrors();
  return Refused(kSealInvalid, "the signature does not verify with the signer's key");
}

absl::StatusOr<EvpPkeyPtr> GenerateP256Key() {
  EvpPkeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpenSslError("cannot generate a P-256 key");
  return key;
}

absl::StatusOr<EvpPkeyPtr> ParsePrivateKeyPem(absl::string_view pem) {
  ASSIGN_OR_RETURN(std::vector<std::string> blocks, ParsePem(pem, kPrivateKeyLabel));
  std::string& der = blocks.front();
  const Wiper wiper(der);
  if (blocks.size() != 1) return absl::InvalidArgumentError("the key file must hold exactly one private key");
  const Pkcs8Ptr pkcs8 = FromDer<Pkcs8Ptr, d2i_PKCS8_PRIV_KEY_INFO>(der);
  EvpPkeyPtr key(pkcs8 == nullptr ? nullptr : EVP_PKCS82PKEY(pkcs8.get()));
  if (key == nullptr || !IsP256Spki(SpkiOf(*key)) || !PairFits(key.get())) {
    DrainOpenSslErrors();
    return absl::InvalidArgumentError("the key file must hold a P-256 private key in PKCS#8");
  }
  return key;
}

absl::StatusOr<std::string> WritePrivateKeyPem(const EVP_PKEY& key) {
  const Pkcs8Ptr pkcs8(EVP_PKEY2PKCS8(&key));
  if (pkcs8 == nullptr) return OpenSslError("cannot write a private key");
  std::string der = ToDer<i2d_PKCS8_PRIV_KEY_INFO>(pkcs8.get());
  const Wiper wiper(der);
  return WritePem(kPrivateKeyLabel, der);
}

std::string SpkiOf(const EVP_PKEY& key) { return ToDer<i2d_PUBKEY>(&key); }

}  // namespace tamga::certs
