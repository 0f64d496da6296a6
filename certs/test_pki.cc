#include "certs/test_pki.h"

#include <openssl/dsa.h>
#include <openssl/x509v3.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/openssl_der.h"
#include "certs/p256.h"
#include "node/base/check.h"
#include "node/base/rng.h"

namespace tamga::certs {
namespace {

Rng& TestRng() {
  static SystemRng rng;
  return rng;
}

EVP_PKEY* GenerateDsa() {
  const EvpPkeyCtxPtr for_parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY* parameters = nullptr;
  TAMGA_CHECK(EVP_PKEY_paramgen_init(for_parameters.get()) == 1 &&
              EVP_PKEY_CTX_set_dsa_paramgen_bits(for_parameters.get(), 1024) == 1 &&
              EVP_PKEY_paramgen(for_parameters.get(), &parameters) == 1);
  const EvpPkeyPtr owned(parameters);
  const EvpPkeyCtxPtr for_key(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters, nullptr));
  EVP_PKEY* key = nullptr;
  TAMGA_CHECK(EVP_PKEY_keygen_init(for_key.get()) == 1 && EVP_PKEY_keygen(for_key.get(), &key) == 1);
  return key;
}

EVP_PKEY* Generate(absl::string_view kind) {
  if (absl::ConsumePrefix(&kind, "RSA-")) {
    unsigned bits = 0;
    TAMGA_CHECK(absl::SimpleAtoi(kind, &bits));
    return EVP_RSA_gen(bits);
  }
  if (kind == "DSA") return GenerateDsa();
  const std::string name(kind);
  if (absl::StartsWith(kind, "ED")) return EVP_PKEY_Q_keygen(nullptr, nullptr, name.c_str());
  return EVP_EC_gen(name.c_str());
}

const EVP_MD* DigestFor(const EVP_PKEY& key, const EVP_MD* digest) {
  const bool has_its_own = EVP_PKEY_is_a(&key, "ED25519") == 1 || EVP_PKEY_is_a(&key, "ED448") == 1;
  return has_its_own ? nullptr : digest;
}

}  // namespace

SharedKey MakeTestKey(const std::string& kind) {
  EVP_PKEY* key = Generate(kind);
  TAMGA_CHECK(key != nullptr);
  return SharedKey(key, EVP_PKEY_free);
}

IssueOptions AuthorityNamed(const std::string& name) {
  IssueOptions options;
  options.name = name;
  options.basic_constraints = "critical,CA:TRUE";
  options.key_usage = "critical,keyCertSign,cRLSign";
  return options;
}

IssueOptions Server() {
  IssueOptions options;
  options.name = "Somebody";
  options.basic_constraints = "critical,CA:FALSE";
  options.key_usage = "critical,digitalSignature";
  options.purposes = "serverAuth";
  options.names = "DNS:server.example";
  return options;
}

Issued Issue(const IssueOptions& options, const Issued* issuer) {
  CertificateSpec spec = {options.name, options.common_name, options.not_before, options.not_after, {}};
  const std::pair<int, std::string> extensions[] = {{NID_basic_constraints, options.basic_constraints},
                                                    {NID_key_usage, options.key_usage},
                                                    {NID_ext_key_usage, options.purposes},
                                                    {NID_subject_alt_name, options.names},
                                                    {NID_name_constraints, options.constraints}};
  for (const auto& [nid, value] : extensions) {
    if (!value.empty()) spec.extensions.push_back({nid, value});
  }
  SharedKey key = options.key == nullptr ? MakeTestKey("P-256") : options.key;
  // The builder knows one digest; whoever really signs does so afterwards.
  const SharedKey stand_in = MakeTestKey("P-256");
  const absl::StatusOr<Certificate> built =
      BuildCertificate(spec, *key, issuer == nullptr ? nullptr : &issuer->certificate, *stand_in, TestRng());
  TAMGA_CHECK(built.ok());
  EVP_PKEY& signer = issuer == nullptr ? *key : *issuer->key;
  return {Altered(
              *built, options.change ? options.change : [](X509*) {}, signer, options.digest),
          std::move(key)};
}

Certificate Altered(const Certificate& certificate, const std::function<void(X509*)>& change, EVP_PKEY& key,
                    const EVP_MD* digest) {
  const X509Ptr copy(X509_dup(certificate.native()));
  TAMGA_CHECK(copy != nullptr);
  change(copy.get());
  TAMGA_CHECK(X509_sign(copy.get(), &key, DigestFor(key, digest)) != 0);
  absl::StatusOr<Certificate> altered = Certificate::FromDer(ToDer<i2d_X509>(copy.get()));
  TAMGA_CHECK(altered.ok());
  return *std::move(altered);
}

std::string DerOf(unsigned char tag, absl::string_view content) {
  const size_t size = content.size();
  std::string der(1, static_cast<char>(tag));
  if (size >= 0x100) {
    der += '\x82';
    der += static_cast<char>(size >> 8);
  } else if (size >= 0x80) {
    der += '\x81';
  }
  der += static_cast<char>(size & 0xff);
  return absl::StrCat(der, content);
}

void AddRawExtension(X509* x509, const char* oid, bool is_critical, const std::string& value) {
  const std::unique_ptr<ASN1_OBJECT, OpenSslDeleter<ASN1_OBJECT_free>> object(OBJ_txt2obj(oid, 1));
  const std::unique_ptr<ASN1_OCTET_STRING, OpenSslDeleter<ASN1_OCTET_STRING_free>> octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  const X509ExtensionPtr extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), is_critical ? 1 : 0, octets.get()));
  TAMGA_CHECK(X509_add_ext(x509, extension.get(), -1) == 1);
}

void AddExtension(X509* x509, int nid, const char* value) {
  const X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  TAMGA_CHECK(extension != nullptr);
  TAMGA_CHECK(X509_add_ext(x509, extension.get(), -1) == 1);
}

absl::StatusOr<VerifiedPath> Verify(const TestChain& chain, const ChainRules& rules) {
  const Issued root = Issue(chain.root, nullptr);
  const Issued issuing = Issue(chain.issuing, &root);
  const Issued leaf = Issue(chain.leaf, &issuing);
  return VerifyChain({root.certificate}, {issuing.certificate}, leaf.certificate, rules);
}

ChainRules ServerRules() {
  ChainRules rules;
  rules.now = TestNow();
  rules.leaf.purposes = {kServerAuth};
  rules.leaf.needed_key_usage = KU_DIGITAL_SIGNATURE;
  rules.leaf.allowed_key_usage = ~static_cast<uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN);
  return rules;
}

}  // namespace tamga::certs
