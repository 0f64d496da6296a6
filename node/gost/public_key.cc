#include "node/gost/public_key.h"

#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/algorithm_names.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/pem.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

using PublicKeyPtr = std::unique_ptr<X509_PUBKEY, certs::OpenSslDeleter<X509_PUBKEY_free>>;

// RFC 9215 section 4.
constexpr char kOid256[] = "1.2.643.7.1.1.1.1";
constexpr char kOid512[] = "1.2.643.7.1.1.1.2";

// The object identifier of the key's algorithm; "" if the bytes, all of them, are no SubjectPublicKeyInfo in DER.
std::string AlgorithmOidOf(absl::string_view spki) {
  const PublicKeyPtr key = certs::FromDer<PublicKeyPtr, d2i_X509_PUBKEY>(spki);
  ASN1_OBJECT* oid = nullptr;
  const bool is_read = key != nullptr && certs::ToDer<i2d_X509_PUBKEY>(key.get()) == spki &&
                       X509_PUBKEY_get0_param(&oid, nullptr, nullptr, nullptr, key.get()) == 1;
  std::array<char, 80> text = {};
  const int size = is_read ? OBJ_obj2txt(text.data(), text.size(), oid, /*no_name=*/1) : 0;
  certs::DrainOpenSslErrors();
  return size > 0 ? text.data() : "";
}

}  // namespace

bool IsGostAlgorithm(absl::string_view algorithm) {
  return algorithm == certs::kGost256 || algorithm == certs::kGost512;
}

absl::StatusOr<std::string> ReadPublicKey(absl::string_view algorithm, absl::string_view pem) {
  ASSIGN_OR_RETURN(std::vector<std::string> blocks, certs::ParsePem(pem, "PUBLIC KEY"));
  if (blocks.size() == 1 && AlgorithmOidOf(blocks.front()) == (algorithm == certs::kGost256 ? kOid256 : kOid512)) {
    return std::move(blocks.front());
  }
  return absl::InvalidArgumentError(absl::StrCat("must hold exactly one public key, for ", algorithm));
}

}  // namespace tamga::gost
