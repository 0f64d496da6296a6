// A certificate and its key, whoever they are for.
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

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

}  // namespace

LoadedPair LoadKeyPair(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes) {
  LoadedPair loaded;
  LoadChain(field, pair.certificate_file(), loaded, mistakes);
  LoadKey(field, pair, loaded, mistakes);
  return loaded;
}

}  // namespace tamga::node
