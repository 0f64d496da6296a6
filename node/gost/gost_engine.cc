// Engines are deprecated in OpenSSL 3.0 in favour of providers; GOST comes as an engine only.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "node/gost/gost_engine.h"

#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "certs/wiper.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

constexpr unsigned int kMethods = ENGINE_METHOD_PKEY_METHS | ENGINE_METHOD_PKEY_ASN1_METHS | ENGINE_METHOD_DIGESTS;

struct Algorithm {
  absl::string_view name;
  int key_type;
  const char* digest;
  size_t signature_bytes;
};

constexpr Algorithm kAlgorithms[] = {{certs::kGost256, NID_id_GostR3410_2012_256, "md_gost12_256", 64},
                                     {certs::kGost512, NID_id_GostR3410_2012_512, "md_gost12_512", 128}};

const Algorithm* AlgorithmOf(const EVP_PKEY& key) {
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.key_type == EVP_PKEY_get_id(&key)) return &algorithm;
  }
  return nullptr;
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status LoadOnce() {
  ENGINE* const engine = ENGINE_by_id("gost");
  if (engine == nullptr || ENGINE_init(engine) != 1 || ENGINE_set_default(engine, kMethods) != 1) {
    return Error(absl::StatusCode::kFailedPrecondition, "GOST_ENGINE_MISSING",
                 absl::StrCat("OpenSSL's engine \"gost\" cannot be loaded (", certs::DrainOpenSslErrors(),
                              "); install libengine-gost-openssl"));
  }
  ENGINE_free(engine);  // in use all the same, until the process ends
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadGostEngine() {
  static const absl::Status& loaded = *new absl::Status(LoadOnce());
  return loaded;
}

GostSigner::GostSigner(certs::EvpPkeyPtr key, absl::string_view algorithm)
    : key_(std::move(key)), algorithm_(algorithm), spki_(certs::SpkiOf(*key_)), key_id_(Sha256(spki_)) {}

absl::StatusOr<std::unique_ptr<GostSigner>> GostSigner::FromPem(absl::string_view pem) {
  ASSIGN_OR_RETURN(std::vector<std::string> blocks, certs::ParsePem(pem, "PRIVATE KEY"));
  std::string& der = blocks.front();
  const certs::Wiper wiper(der);
  const certs::Pkcs8Ptr pkcs8 = certs::FromDer<certs::Pkcs8Ptr, d2i_PKCS8_PRIV_KEY_INFO>(der);
  certs::EvpPkeyPtr key(pkcs8 == nullptr || blocks.size() != 1 ? nullptr : EVP_PKCS82PKEY(pkcs8.get()));
  certs::DrainOpenSslErrors();  // also of decoders that came before the engine's
  const Algorithm* const algorithm = key == nullptr ? nullptr : AlgorithmOf(*key);
  if (algorithm == nullptr) {
    return absl::InvalidArgumentError("the key file must hold one GOST R 34.10-2012 private key in PKCS#8");
  }
  return std::unique_ptr<GostSigner>(new GostSigner(std::move(key), algorithm->name));
}

absl::StatusOr<std::string> GostSigner::Sign(absl::string_view type, absl::string_view payload) const {
  const std::string data = certs::PreAuthEncode(type, payload);
  const Algorithm& algorithm = *AlgorithmOf(*key_);
  const certs::EvpMdCtxPtr context(EVP_MD_CTX_new());
  const EVP_MD* const digest = EVP_get_digestbyname(algorithm.digest);
  if (context == nullptr || digest == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1) {
    return certs::OpenSslError("cannot begin to sign");
  }
  std::string signature(algorithm.signature_bytes, '\0');
  size_t size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(data),
                     data.size()) != 1 ||
      size != signature.size()) {
    return certs::OpenSslError("cannot sign");
  }
  return signature;
}

absl::Status VerifyGost(absl::string_view algorithm, absl::string_view spki, absl::string_view data,
                        absl::string_view signature) {
  const certs::EvpPkeyPtr key = certs::FromDer<certs::EvpPkeyPtr, d2i_PUBKEY>(spki);
  certs::DrainOpenSslErrors();
  const Algorithm* const of_key = key == nullptr ? nullptr : AlgorithmOf(*key);
  if (of_key == nullptr || of_key->name != algorithm) {
    return absl::InvalidArgumentError(absl::StrCat("the public key is not one for ", algorithm));
  }
  const certs::EvpMdCtxPtr context(EVP_MD_CTX_new());
  const EVP_MD* const digest = EVP_get_digestbyname(of_key->digest);
  if (context == nullptr || digest == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) != 1) {
    return certs::OpenSslError("cannot begin to verify a signature");
  }
  // The engine does not look at the length.
  const bool is_good =
      signature.size() == of_key->signature_bytes &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(data), data.size()) == 1;
  certs::DrainOpenSslErrors();
  if (is_good) return absl::OkStatus();
  return certs::Refused(certs::kSealInvalid,
                        absl::StrCat("the ", algorithm, " signature does not verify with the signer's key"));
}

}  // namespace tamga::gost
