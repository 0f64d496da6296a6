#include "certs/hpke.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/wiper.h"
#include "node/base/check.h"
#include "node/base/hkdf.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDeleter<EVP_CIPHER_CTX_free>>;

constexpr char kVersion[] = "HPKE-v1";
constexpr size_t kHashBytes = 32;   // Nh of HKDF-SHA256
constexpr size_t kNonceBytes = 12;  // Nn of all three ciphers

const unsigned char* In(absl::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* Out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// I2OSP(number, 2) of RFC 8017.
std::string TwoBytes(size_t number) {
  TAMGA_CHECK(number <= std::numeric_limits<uint16_t>::max());
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

// suite_id of the KEM (section 4.1) and of the whole (section 5.1): DHKEM(X25519, HKDF-SHA256) is 0x0020,
// HKDF-SHA256 1.
std::string KemSuite() { return absl::StrCat("KEM", TwoBytes(0x0020)); }
std::string HpkeSuite(HpkeAead aead) {
  return absl::StrCat("HPKE", TwoBytes(0x0020), TwoBytes(0x0001), TwoBytes(static_cast<size_t>(aead)));
}

// Section 4.
std::string LabeledExtract(absl::string_view suite, absl::string_view salt, absl::string_view label,
                           absl::string_view secret) {
  std::string labeled = absl::StrCat(kVersion, suite, label, secret);
  const Wiper wiper(labeled);
  return HkdfExtract(salt, labeled);
}

std::string LabeledExpand(absl::string_view suite, absl::string_view key, absl::string_view label,
                          absl::string_view info, size_t size) {
  return HkdfExpand(key, absl::StrCat(TwoBytes(size), kVersion, suite, label, info), size).value();
}

// ExtractAndExpand of section 4.1.
std::string SharedSecret(absl::string_view agreed, absl::string_view enc, absl::string_view recipient_public_key) {
  std::string key = LabeledExtract(KemSuite(), "", "eae_prk", agreed);
  const Wiper wiper(key);
  return LabeledExpand(KemSuite(), key, "shared_secret", absl::StrCat(enc, recipient_public_key), kHashBytes);
}

const EVP_CIPHER* CipherOf(HpkeAead aead) {
  switch (aead) {
    case HpkeAead::kAes128Gcm:
      return EVP_aes_128_gcm();
    case HpkeAead::kAes256Gcm:
      return EVP_aes_256_gcm();
    case HpkeAead::kChaCha20Poly1305:
      return EVP_chacha20_poly1305();
  }
  return nullptr;
}

bool Fits(absl::string_view bytes) { return bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max()) / 2; }

}  // namespace

// Key and nonces of one direction (section 5.2).
class HpkeContext {
 public:
  // The key schedule of section 5.1. InvalidArgument for a cipher that is none of HpkeAead.
  static absl::StatusOr<std::unique_ptr<HpkeContext>> Create(absl::string_view shared_secret, absl::string_view info,
                                                             HpkeAead aead);

  absl::StatusOr<std::string> Seal(absl::string_view associated_data, absl::string_view plaintext);
  absl::StatusOr<std::string> Open(absl::string_view associated_data, absl::string_view ciphertext);

 private:
  HpkeContext(EvpCipherCtxPtr cipher, std::string base_nonce)
      : cipher_(std::move(cipher)), base_nonce_(std::move(base_nonce)) {}
  std::string Nonce() const;

  const EvpCipherCtxPtr cipher_;  // with the key, which OpenSSL wipes
  const std::string base_nonce_;
  uint64_t sequence_ = 0;
};

absl::StatusOr<std::unique_ptr<HpkeContext>> HpkeContext::Create(absl::string_view shared_secret,
                                                                 absl::string_view info, HpkeAead aead) {
  const EVP_CIPHER* cipher = CipherOf(aead);
  if (cipher == nullptr) return absl::InvalidArgumentError("the HPKE cipher is not one that this node has");
  const std::string suite = HpkeSuite(aead);
  // Mode 0 (base), without a pre-shared key.
  const std::string schedule_context = absl::StrCat(std::string(1, '\0'), LabeledExtract(suite, "", "psk_id_hash", ""),
                                                    LabeledExtract(suite, "", "info_hash", info));
  std::string secret = LabeledExtract(suite, shared_secret, "secret", "");
  const Wiper secret_wiper(secret);
  std::string key =
      LabeledExpand(suite, secret, "key", schedule_context, static_cast<size_t>(EVP_CIPHER_get_key_length(cipher)));
  const Wiper key_wiper(key);
  EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
  if (context == nullptr || EVP_CipherInit_ex(context.get(), cipher, nullptr, In(key), nullptr, 1) != 1) {
    return OpenSslError("cannot begin to encrypt");
  }
  return std::unique_ptr<HpkeContext>(
      new HpkeContext(std::move(context), LabeledExpand(suite, secret, "base_nonce", schedule_context, kNonceBytes)));
}

// ComputeNonce of section 5.2. A sequence number of 64 bits does not come round.
std::string HpkeContext::Nonce() const {
  std::string nonce = base_nonce_;
  for (size_t i = 0; i < sizeof(sequence_); ++i) {
    char& byte = nonce[nonce.size() - 1 - i];
    byte = static_cast<char>(byte ^ static_cast<char>(sequence_ >> (8 * i) & 0xff));
  }
  return nonce;
}

absl::StatusOr<std::string> HpkeContext::Seal(absl::string_view associated_data, absl::string_view plaintext) {
  if (!Fits(associated_data) || !Fits(plaintext)) return absl::InvalidArgumentError("the message is too large");
  EVP_CIPHER_CTX* const context = cipher_.get();
  std::string ciphertext(plaintext.size() + kHpkeTagBytes, '\0');
  int count = 0;
  const bool sealed =
      EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, In(Nonce()), 1) == 1 &&
      EVP_CipherUpdate(context, nullptr, &count, In(associated_data), static_cast<int>(associated_data.size())) == 1 &&
      EVP_CipherUpdate(context, Out(ciphertext), &count, In(plaintext), static_cast<int>(plaintext.size())) == 1 &&
      EVP_CipherFinal_ex(context, Out(ciphertext) + plaintext.size(), &count) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kHpkeTagBytes),
                          Out(ciphertext) + plaintext.size()) == 1;
  if (!sealed) return OpenSslError("cannot encrypt");
  ++sequence_;
  return ciphertext;
}

absl::StatusOr<std::string> HpkeContext::Open(absl::string_view associated_data, absl::string_view ciphertext) {
  if (!Fits(associated_data) || !Fits(ciphertext) || ciphertext.size() < kHpkeTagBytes) {
    return absl::DataLossError("the ciphertext is cut short, or too large");
  }
  EVP_CIPHER_CTX* const context = cipher_.get();
  std::string plaintext(ciphertext.size() - kHpkeTagBytes, '\0');
  std::string tag(ciphertext.substr(plaintext.size()));
  int count = 0;
  const bool begun =
      EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, In(Nonce()), 0) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kHpkeTagBytes), tag.data()) == 1 &&
      EVP_CipherUpdate(context, nullptr, &count, In(associated_data), static_cast<int>(associated_data.size())) == 1 &&
      EVP_CipherUpdate(context, Out(plaintext), &count, In(ciphertext), static_cast<int>(plaintext.size())) == 1;
  if (!begun) return OpenSslError("cannot decrypt");
  if (EVP_CipherFinal_ex(context, nullptr, &count) != 1) {
    DrainOpenSslErrors();
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return absl::DataLossError("the ciphertext does not authenticate");
  }
  ++sequence_;
  return plaintext;
}

HpkeSender::HpkeSender(std::unique_ptr<HpkeContext> context, std::string enc)
    : context_(std::move(context)), enc_(std::move(enc)) {}
HpkeSender::HpkeSender(HpkeSender&&) noexcept = default;
HpkeSender& HpkeSender::operator=(HpkeSender&&) noexcept = default;
HpkeSender::~HpkeSender() = default;

absl::StatusOr<std::string> HpkeSender::Seal(absl::string_view associated_data, absl::string_view plaintext) {
  return context_->Seal(associated_data, plaintext);
}

absl::StatusOr<HpkeSender> HpkeSender::Create(absl::string_view recipient_public_key, absl::string_view info,
                                              HpkeAead aead, Rng& rng) {
  ASSIGN_OR_RETURN(const X25519Key ephemeral, X25519Key::Generate(rng));
  ASSIGN_OR_RETURN(std::string agreed, ephemeral.Agree(recipient_public_key));
  const Wiper agreed_wiper(agreed);
  std::string shared = SharedSecret(agreed, ephemeral.public_key(), recipient_public_key);
  const Wiper shared_wiper(shared);
  ASSIGN_OR_RETURN(std::unique_ptr<HpkeContext> context, HpkeContext::Create(shared, info, aead));
  return HpkeSender(std::move(context), ephemeral.public_key());
}

HpkeRecipient::HpkeRecipient(std::unique_ptr<HpkeContext> context) : context_(std::move(context)) {}
HpkeRecipient::HpkeRecipient(HpkeRecipient&&) noexcept = default;
HpkeRecipient& HpkeRecipient::operator=(HpkeRecipient&&) noexcept = default;
HpkeRecipient::~HpkeRecipient() = default;

absl::StatusOr<std::string> HpkeRecipient::Open(absl::string_view associated_data, absl::string_view ciphertext) {
  return context_->Open(associated_data, ciphertext);
}

absl::StatusOr<HpkeRecipient> HpkeRecipient::Create(const X25519Key& key, absl::string_view enc, absl::string_view info,
                                                    HpkeAead aead) {
  ASSIGN_OR_RETURN(std::string agreed, key.Agree(enc));
  const Wiper agreed_wiper(agreed);
  std::string shared = SharedSecret(agreed, enc, key.public_key());
  const Wiper shared_wiper(shared);
  ASSIGN_OR_RETURN(std::unique_ptr<HpkeContext> context, HpkeContext::Create(shared, info, aead));
  return HpkeRecipient(std::move(context));
}

}  // namespace tamga::certs
