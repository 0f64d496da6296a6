#include "certs/algorithms.h"

#include <openssl/core_names.h>

#include "absl/strings/match.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"
#include "certs/refusal.h"

namespace tamga::certs {
namespace {

using namespace std::string_view_literals;

struct KnownSignature {
  std::string_view identifier;  // AlgorithmIdentifier in DER
  SignatureAlgorithm algorithm;
};

constexpr KnownSignature kSignatures[] = {
    {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv, SignatureAlgorithm::kEcdsaSha256},
    {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv, SignatureAlgorithm::kEcdsaSha384},
    {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv, SignatureAlgorithm::kEcdsaSha512},
    {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv, SignatureAlgorithm::kRsaSha256},
    {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv, SignatureAlgorithm::kRsaSha384},
    {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"sv, SignatureAlgorithm::kRsaSha512},
    {"\x30\x05\x06\x03\x2b\x65\x70"sv, SignatureAlgorithm::kEd25519},
};

// SubjectPublicKeyInfo up to the coordinates, or to the key.
constexpr std::string_view kP384Prefix =
    "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04"sv;
constexpr size_t kP384Bytes = kP384Prefix.size() + 96;
constexpr std::string_view kEd25519Prefix = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr size_t kEd25519Bytes = kEd25519Prefix.size() + 32;
constexpr std::string_view kRsaIdentifier = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;

constexpr int kMinRsaBits = 3072;
constexpr int kMaxRsaBits = 8192;  // so that a stranger's chain costs no more than it must
constexpr BN_ULONG kMinRsaExponent = 65537;

bool Begins(const std::string& spki, std::string_view prefix, size_t bytes) {
  return spki.size() == bytes && absl::StartsWith(spki, absl::string_view(prefix.data(), prefix.size()));
}

bool HasRsaIdentifier(const Certificate& certificate) {
  X509_ALGOR* identifier = nullptr;
  return X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &identifier, X509_get_X509_PUBKEY(certificate.native())) ==
             1 &&
         ToDer<i2d_X509_ALGOR>(identifier) == kRsaIdentifier;
}

bool IsGoodRsa(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kMinRsaBits || bits > kMaxRsaBits || bits % 8 != 0) return false;
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) return false;
  const BignumPtr exponent(number);
  const BignumPtr least(BN_new());
  return least != nullptr && BN_set_word(least.get(), kMinRsaExponent) == 1 && BN_is_odd(exponent.get()) &&
         BN_cmp(exponent.get(), least.get()) >= 0;
}

bool IsGoodKey(const Certificate& certificate) {
  // Null also for a point that is not on its curve.
  const EVP_PKEY* key = X509_get0_pubkey(certificate.native());
  if (key == nullptr) return false;
  const std::string& spki = certificate.Spki();
  return IsP256Spki(spki) || Begins(spki, kP384Prefix, kP384Bytes) || Begins(spki, kEd25519Prefix, kEd25519Bytes) ||
         (HasRsaIdentifier(certificate) && IsGoodRsa(key));
}

}  // namespace

std::optional<SignatureAlgorithm> SignatureAlgorithmOf(const X509_ALGOR* identifier) {
  const std::string der = ToDer<i2d_X509_ALGOR>(identifier);
  for (const KnownSignature& known : kSignatures) {
    if (der == known.identifier) return known.algorithm;
  }
  return std::nullopt;
}

std::optional<SignatureAlgorithm> SignatureAlgorithmOf(const Certificate& certificate) {
  return SignatureAlgorithmOf(X509_get0_tbs_sigalg(certificate.native()));
}

absl::Status CheckKey(const Certificate& certificate) {
  const bool is_good = IsGoodKey(certificate);
  DrainOpenSslErrors();
  if (is_good) return absl::OkStatus();
  return Refused(kCertWeakKey, "the key must be P-256, P-384, Ed25519, or RSA of 3,072 to 8,192 bits");
}

}  // namespace tamga::certs
