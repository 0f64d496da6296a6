#include "node/cli/spiffe_bundle.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"
#include "nlohmann/json.hpp"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"

namespace tamga::cli {
namespace {

using Json = nlohmann::ordered_json;
using BigNumber = std::unique_ptr<BIGNUM, certs::OpenSslDeleter<BN_clear_free>>;

// RFC 7515 section 2: without padding.
std::string Base64Url(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

absl::Status Unreadable() { return absl::InvalidArgumentError("the key of a root cannot be read"); }

// As many octets as the number needs, or `octets`.
absl::StatusOr<std::string> Parameter(const EVP_PKEY* key, const char* name, int octets) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return Unreadable();
  const BigNumber number(raw);
  if (octets == 0) octets = BN_num_bytes(number.get());
  std::string bytes(static_cast<size_t>(octets), '\0');
  if (BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), octets) != octets) {
    return Unreadable();
  }
  return Base64Url(bytes);
}

absl::Status AddEc(const EVP_PKEY* key, Json& jwk) {
  const int bits = EVP_PKEY_get_bits(key);
  jwk["kty"] = "EC";
  jwk["crv"] = bits == 256 ? "P-256" : "P-384";
  ASSIGN_OR_RETURN(jwk["x"], Parameter(key, OSSL_PKEY_PARAM_EC_PUB_X, bits / 8));
  ASSIGN_OR_RETURN(jwk["y"], Parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y, bits / 8));
  return absl::OkStatus();
}

absl::Status AddRsa(const EVP_PKEY* key, Json& jwk) {
  jwk["kty"] = "RSA";
  ASSIGN_OR_RETURN(jwk["n"], Parameter(key, OSSL_PKEY_PARAM_RSA_N, 0));
  ASSIGN_OR_RETURN(jwk["e"], Parameter(key, OSSL_PKEY_PARAM_RSA_E, 0));
  return absl::OkStatus();
}

absl::Status AddEd25519(const EVP_PKEY* key, Json& jwk) {
  std::string bytes(32, '\0');
  size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1) {
    return Unreadable();
  }
  jwk["kty"] = "OKP";
  jwk["crv"] = "Ed25519";
  jwk["x"] = Base64Url(bytes);
  return absl::OkStatus();
}

// Roots have no other keys (certs::CheckKey).
absl::Status AddKey(const EVP_PKEY* key, Json& jwk) {
  switch (key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return AddEc(key, jwk);
    case EVP_PKEY_RSA:
      return AddRsa(key, jwk);
    case EVP_PKEY_ED25519:
      return AddEd25519(key, jwk);
    default:
      return Unreadable();
  }
}

}  // namespace

absl::StatusOr<std::string> SpiffeBundle(const v1::StateTrust& state) {
  Json bundle;
  bundle["keys"] = Json::array();
  for (const v1::TrustedRoot& root : state.roots()) {
    const absl::StatusOr<certs::Certificate> certificate = certs::Certificate::FromDer(root.certificate());
    if (!certificate.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a root of ", state.state(), " came without a certificate that can be read: ", certificate.status().message(),
          "; ask a node of this version"));
    }
    Json jwk;
    jwk["use"] = "x509-svid";
    RETURN_IF_ERROR(AddKey(X509_get0_pubkey(certificate->native()), jwk));
    jwk["x5c"] = Json::array({Base64Encode(certificate->Der())});
    bundle["keys"].push_back(std::move(jwk));
  }
  if (state.act_number() > 0) {
    bundle["spiffe_sequence"] = state.act_number();
    bundle["spiffe_refresh_hint"] = state.refresh_hint_s();
  }
  return bundle.dump(2);
}

}  // namespace tamga::cli
