// A certificate and its key, whoever they are for.
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "certs/wiper.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"
#include "node/main/signing_key.h"
#include "node/signer/remote_signer.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxChainBytes = 1u << 20;

void LoadChain(absl::string_view pair_field, const std::string& path, LoadedPair& loaded, Mistakes& mistakes) {
  const std::string field = absl::StrCat(pair_field, ".certificate_file");
  if (!mistakes.Require(field, path, "name the PEM file with the certificate, then its issuers")) return;
  absl::StatusOr<std::string> pem = ReadFile(path, kMaxChainBytes);
  if (!pem.ok()) return mistakes.AddUnusable(field, pem.status());
  absl::StatusOr<certs::CertificateChain> chain = certs::ParsePemChain(*pem);
  if (!chain.ok()) {
    return mistakes.Add(field,
                        absl::StrCat(path, ": ", chain.status().message(), "; have the certificate issued again"));
  }
  loaded.chain_pem = *std::move(pem);
  loaded.chain = *std::move(chain);
}

void LoadKey(absl::string_view pair_field, const v1::KeyPair& pair, LoadedPair& loaded, Mistakes& mistakes) {
  const std::string field = absl::StrCat(pair_field, ".key_file");
  const std::string& path = pair.key_file();
  if (!mistakes.Require(field, path, "name the PEM file (PKCS#8) with the certificate's key")) return;
  absl::StatusOr<std::string> pem = ReadSecretFile(path);
  if (!pem.ok()) return mistakes.AddUnusable(field, pem.status());
  const certs::Wiper wiper(*pem);
  const absl::StatusOr<certs::EvpPkeyPtr> key = certs::ParsePrivateKeyPem(*pem);
  if (!key.ok()) {
    return mistakes.Add(field, absl::StrCat(path,
                                            " holds no key that can be used; it must be one P-256 key, PKCS#8 in PEM, "
                                            "without a password"));
  }
  if (!loaded.chain.empty() && certs::SpkiOf(**key) != loaded.chain.front().Spki()) {
    return mistakes.Add(field, absl::StrCat(path, " is not the key of the certificate in ", pair.certificate_file(),
                                            "; name the two that were issued together"));
  }
  loaded.key_pem = *std::move(pem);
}

// A key that is in a token, or in another process.
std::unique_ptr<certs::Signer> OpenKeyElsewhere(absl::string_view pair_field, const v1::KeyPair& pair,
                                                const certs::CertificateChain& chain, Mistakes& mistakes) {
  if (pair.has_pkcs11()) {
    const std::string field = absl::StrCat(pair_field, ".pkcs11");
    std::unique_ptr<certs::Signer> signer = OpenTokenKey(field, pair.pkcs11(), mistakes);
    if (signer == nullptr || chain.empty() || signer->key_id() == chain.front().SpkiSha256()) return signer;
    mistakes.Add(field, absl::StrCat("is not the key of the certificate in ", pair.certificate_file(),
                                     "; correct key_label, or have a certificate issued for that key"));
    return nullptr;
  }
  // Which key it has to be, only the certificate says; that it is missing is a mistake of its own.
  if (chain.empty()) return nullptr;
  const std::string field = absl::StrCat(pair_field, ".signer_socket");
  absl::StatusOr<std::unique_ptr<signer::RemoteSigner>> signer =
      signer::RemoteSigner::Open(pair.signer_socket(), chain.front().Spki());
  if (signer.ok()) return *std::move(signer);
  mistakes.Add(field,
               absl::StrCat(signer.status().message(), "; tamga-signer must run first, with the certificate's key"));
  return nullptr;
}

bool HasOneKey(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes) {
  const int keys =
      (pair.key_file().empty() ? 0 : 1) + (pair.has_pkcs11() ? 1 : 0) + (pair.signer_socket().empty() ? 0 : 1);
  if (keys <= 1) return true;
  mistakes.Add(field, "names its key twice; leave one of key_file, pkcs11 and signer_socket");
  return false;
}

}  // namespace

LoadedPair LoadKeyPair(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes) {
  LoadedPair loaded;
  LoadChain(field, pair.certificate_file(), loaded, mistakes);
  if (pair.has_pkcs11() || !pair.signer_socket().empty()) {
    mistakes.Add(absl::StrCat(field, pair.has_pkcs11() ? ".pkcs11" : ".signer_socket"),
                 "is for seal only: gRPC takes the key of TLS from a file; name it in key_file instead");
    return loaded;
  }
  LoadKey(field, pair, loaded, mistakes);
  return loaded;
}

LoadedSealPair LoadSealPair(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes) {
  LoadedPair loaded;
  LoadChain(field, pair.certificate_file(), loaded, mistakes);
  LoadedSealPair seal;
  if (!HasOneKey(field, pair, mistakes)) return seal;
  if (pair.has_pkcs11() || !pair.signer_socket().empty()) {
    seal.signer = OpenKeyElsewhere(field, pair, loaded.chain, mistakes);
  } else {
    LoadKey(field, pair, loaded, mistakes);
    const certs::Wiper wiper(loaded.key_pem);
    absl::StatusOr<std::unique_ptr<certs::P256Signer>> signer = certs::P256Signer::FromPem(loaded.key_pem);
    if (signer.ok()) seal.signer = *std::move(signer);  // why not is a mistake already
  }
  seal.chain = std::move(loaded.chain);
  return seal;
}

}  // namespace tamga::node
