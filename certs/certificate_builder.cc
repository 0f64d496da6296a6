#include "certs/certificate_builder.h"

#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr size_t kSerialBytes = 16;

bool SetSerial(X509* x509, Rng& rng) {
  std::string serial = rng.Bytes(kSerialBytes);
  // Top bits 01: positive, and always of the same length.
  serial.front() = static_cast<char>((static_cast<unsigned char>(serial.front()) & 0x3f) | 0x40);
  const BignumPtr number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), static_cast<int>(serial.size()), nullptr));
  return number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509)) != nullptr;
}

bool SetValidity(X509* x509, absl::Time not_before, absl::Time not_after) {
  return ASN1_TIME_set(X509_getm_notBefore(x509), absl::ToTimeT(not_before)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(x509), absl::ToTimeT(not_after)) != nullptr;
}

bool AddName(X509_NAME* name, const char* field, const std::string& value) {
  return value.empty() ||
         X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

bool AddExtension(X509* x509, X509V3_CTX* context, const ExtensionText& extension) {
  const X509ExtensionPtr made(X509V3_EXT_conf_nid(nullptr, context, extension.nid, extension.value.c_str()));
  return made != nullptr && X509_add_ext(x509, made.get(), -1) == 1;
}

// The subject's key identifier comes first: a root's authority key identifier is read from it.
bool AddExtensions(X509* x509, X509* issuer, const std::vector<ExtensionText>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, X509V3_CTX_REPLACE);
  X509V3_set_ctx_nodb(&context);
  bool added = AddExtension(x509, &context, {NID_subject_key_identifier, "hash"}) &&
               AddExtension(x509, &context, {NID_authority_key_identifier, "keyid:always"});
  for (const ExtensionText& extension : extensions) added = added && AddExtension(x509, &context, extension);
  return added;
}

}  // namespace

absl::StatusOr<Certificate> BuildCertificate(const CertificateSpec& spec, EVP_PKEY& subject_key,
                                             const Certificate* issuer, EVP_PKEY& issuer_key, Rng& rng) {
  const X509Ptr x509(X509_new());
  if (x509 == nullptr) return OpenSslError("cannot make a certificate");
  X509* const signer = issuer == nullptr ? x509.get() : issuer->native();
  X509_NAME* const subject = X509_get_subject_name(x509.get());
  const bool made = X509_set_version(x509.get(), X509_VERSION_3) == 1 && SetSerial(x509.get(), rng) &&
                    SetValidity(x509.get(), spec.not_before, spec.not_after) && AddName(subject, "C", spec.country) &&
                    AddName(subject, "O", spec.organization) && AddName(subject, "CN", spec.common_name) &&
                    X509_set_issuer_name(x509.get(), X509_get_subject_name(signer)) == 1 &&
                    X509_set_pubkey(x509.get(), &subject_key) == 1 &&
                    AddExtensions(x509.get(), signer, spec.extensions) &&
                    X509_sign(x509.get(), &issuer_key, EVP_sha256()) != 0;
  if (!made) return OpenSslError("cannot make a certificate");
  return Certificate::FromDer(ToDer<i2d_X509>(x509.get()));
}

}  // namespace tamga::certs
