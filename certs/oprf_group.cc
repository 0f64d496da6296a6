#include "certs/oprf_group.h"

#include <sodium.h>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"

namespace tamga::certs {
namespace {

constexpr size_t kWideBytes = 64;    // before it is reduced to a scalar or mapped to an element
constexpr size_t kBlockBytes = 128;  // of SHA-512
static_assert(kOprfElementBytes == crypto_core_ristretto255_BYTES &&
              kOprfScalarBytes == crypto_core_ristretto255_SCALARBYTES && kWideBytes == crypto_hash_sha512_BYTES &&
              kWideBytes == crypto_core_ristretto255_HASHBYTES &&
              kWideBytes == crypto_core_ristretto255_NONREDUCEDSCALARBYTES);

const unsigned char* In(absl::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* Out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// Chooses libsodium's fastest code for this machine, once.
void InitSodium() {
  static const int result = sodium_init();
  TAMGA_CHECK(result >= 0);
}

std::string Byte(size_t number) { return std::string(1, static_cast<char>(number)); }

// expand_message_xmd of RFC 9380 section 5.3.1 with SHA-512, for 64 bytes: these are one block, b_1.
std::string ExpandMessage(absl::string_view message, absl::string_view tag) {
  const std::string sized_tag = absl::StrCat(tag, Byte(tag.size()));
  const std::string b_0 =
      OprfHash(absl::StrCat(std::string(kBlockBytes, '\0'), message, Byte(0), Byte(kWideBytes), Byte(0), sized_tag));
  return OprfHash(absl::StrCat(b_0, Byte(1), sized_tag));
}

std::string Reduce(absl::string_view wide) {
  std::string scalar(kOprfScalarBytes, '\0');
  crypto_core_ristretto255_scalar_reduce(Out(scalar), In(wide));
  return scalar;
}

absl::Status NoElement() {
  return absl::InvalidArgumentError("an element is not one of ristretto255, or is its identity");
}

}  // namespace

absl::string_view OprfContext() {
  static constexpr char kContext[] = "OPRFV1-\x01-ristretto255-SHA512";
  return {kContext, sizeof(kContext) - 1};
}

std::string OprfSized(absl::string_view bytes) {
  TAMGA_CHECK(bytes.size() <= 0xffff);
  return absl::StrCat(Byte(bytes.size() >> 8), Byte(bytes.size() & 0xff), bytes);
}

std::string OprfHash(absl::string_view data) {
  std::string digest(crypto_hash_sha512_BYTES, '\0');
  crypto_hash_sha512(Out(digest), In(data), data.size());
  return digest;
}

std::string OprfHashToScalar(absl::string_view message, absl::string_view tag) {
  InitSodium();
  return Reduce(ExpandMessage(message, absl::StrCat(tag, OprfContext())));
}

std::string OprfHashToGroup(absl::string_view message) {
  InitSodium();
  const std::string wide = ExpandMessage(message, absl::StrCat("HashToGroup-", OprfContext()));
  std::string element(kOprfElementBytes, '\0');
  crypto_core_ristretto255_from_hash(Out(element), In(wide));
  return element;
}

// The identity is 32 zero bytes, which libsodium takes for valid.
bool IsOprfElement(absl::string_view bytes) {
  InitSodium();
  return bytes.size() == kOprfElementBytes && crypto_core_ristretto255_is_valid_point(In(bytes)) == 1 &&
         sodium_is_zero(In(bytes), bytes.size()) == 0;
}

// libsodium would reduce any scalar in silence, so that a proof had several encodings.
bool IsOprfScalar(absl::string_view bytes) {
  return bytes.size() == kOprfScalarBytes &&
         Reduce(absl::StrCat(bytes, std::string(kWideBytes - kOprfScalarBytes, '\0'))) == bytes;
}

std::string OprfRandomScalar(Rng& rng) {
  InitSodium();
  std::string wide = rng.Bytes(kWideBytes);
  std::string scalar = Reduce(wide);
  sodium_memzero(wide.data(), wide.size());
  return scalar;
}

absl::StatusOr<std::string> OprfInvert(absl::string_view scalar) {
  std::string inverse(kOprfScalarBytes, '\0');
  if (crypto_core_ristretto255_scalar_invert(Out(inverse), In(scalar)) != 0) {
    return absl::InvalidArgumentError("a scalar must not be zero");
  }
  return inverse;
}

std::string OprfSubtractProduct(absl::string_view a, absl::string_view b, absl::string_view c) {
  std::string product(kOprfScalarBytes, '\0');
  std::string difference(kOprfScalarBytes, '\0');
  crypto_core_ristretto255_scalar_mul(Out(product), In(b), In(c));
  crypto_core_ristretto255_scalar_sub(Out(difference), In(a), In(product));
  sodium_memzero(product.data(), product.size());
  return difference;
}

absl::StatusOr<std::string> OprfMultiply(absl::string_view scalar, absl::string_view element) {
  std::string product(kOprfElementBytes, '\0');
  if (crypto_scalarmult_ristretto255(Out(product), In(scalar), In(element)) != 0) return NoElement();
  return product;
}

absl::StatusOr<std::string> OprfMultiplyBase(absl::string_view scalar) {
  InitSodium();
  std::string product(kOprfElementBytes, '\0');
  if (crypto_scalarmult_ristretto255_base(Out(product), In(scalar)) != 0) return NoElement();
  return product;
}

absl::StatusOr<std::string> OprfAdd(absl::string_view a, absl::string_view b) {
  std::string sum(kOprfElementBytes, '\0');
  if (crypto_core_ristretto255_add(Out(sum), In(a), In(b)) != 0) return NoElement();
  return sum;
}

}  // namespace tamga::certs
