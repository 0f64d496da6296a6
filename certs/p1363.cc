#include "certs/p1363.h"

#include <openssl/ecdsa.h>

#include <memory>

#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"

namespace tamga::certs {
namespace {

using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, OpenSslDeleter<ECDSA_SIG_free>>;

constexpr int kNumberBytes = static_cast<int>(kP1363Bytes) / 2;

BignumPtr NumberOf(absl::string_view bytes) {
  return BignumPtr(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

// False unless the number fits into its half.
bool Write(const BIGNUM* number, char* half) {
  return !BN_is_negative(number) &&
         BN_bn2binpad(number, reinterpret_cast<unsigned char*>(half), kNumberBytes) == kNumberBytes;
}

}  // namespace

absl::StatusOr<std::string> P1363ToDer(absl::string_view signature) {
  if (signature.size() != kP1363Bytes)
    return absl::InvalidArgumentError("the signature must be r and s, 32 bytes each");
  BignumPtr r = NumberOf(signature.substr(0, kNumberBytes));
  BignumPtr s = NumberOf(signature.substr(kNumberBytes));
  const EcdsaSigPtr numbers(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || numbers == nullptr || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) {
    return OpenSslError("cannot write a signature");
  }
  // They belong to `numbers` now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  return ToDer<i2d_ECDSA_SIG>(numbers.get());
}

absl::StatusOr<std::string> DerToP1363(absl::string_view der) {
  const EcdsaSigPtr numbers = FromDer<EcdsaSigPtr, d2i_ECDSA_SIG>(der);
  std::string signature(kP1363Bytes, '\0');
  const bool taken = numbers != nullptr && ToDer<i2d_ECDSA_SIG>(numbers.get()) == der &&
                     Write(ECDSA_SIG_get0_r(numbers.get()), signature.data()) &&
                     Write(ECDSA_SIG_get0_s(numbers.get()), signature.data() + kNumberBytes);
  if (taken) return signature;
  DrainOpenSslErrors();
  return absl::InvalidArgumentError("the signature is not an ECDSA P-256 signature in DER");
}

}  // namespace tamga::certs
