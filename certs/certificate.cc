#include "certs/certificate.h"

#include <optional>

#include "certs/asn1_value.h"
#include "certs/der.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr size_t kMaxDerBytes = 16 << 10;
constexpr size_t kMaxSerialOctets = 20;
constexpr char kLabel[] = "CERTIFICATE";

}  // namespace

struct Certificate::Parsed {
  X509Ptr x509;
  std::string der;
  std::string spki;
  std::string spki_sha256;
  absl::Time not_before;
  absl::Time not_after;
};

absl::StatusOr<Certificate> Certificate::FromDer(absl::string_view der) {
  if (der.size() > kMaxDerBytes) return Refused(kCertMalformed, "the certificate is larger than 16 KiB");
  X509Ptr x509 = certs::FromDer<X509Ptr, d2i_X509>(der);
  if (x509 == nullptr || !IsDer(der) || ToDer<i2d_X509>(x509.get()) != der) {
    DrainOpenSslErrors();
    return Refused(kCertMalformed, "the certificate is not one X.509 certificate in DER");
  }
  const std::optional<absl::Time> not_before = TimeIn(X509_get0_notBefore(x509.get()));
  const std::optional<absl::Time> not_after = TimeIn(X509_get0_notAfter(x509.get()));
  std::string spki = ToDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(x509.get()));
  if (!not_before || !not_after || spki.empty()) {
    DrainOpenSslErrors();
    return Refused(kCertMalformed, "the certificate's validity or key cannot be read");
  }
  std::string spki_sha256 = Sha256(spki);
  return Certificate(std::make_shared<const Parsed>(
      Parsed{std::move(x509), std::string(der), std::move(spki), std::move(spki_sha256), *not_before, *not_after}));
}

const std::string& Certificate::Der() const { return parsed_->der; }
std::string Certificate::Pem() const { return WritePem(kLabel, parsed_->der); }
const std::string& Certificate::Spki() const { return parsed_->spki; }
const std::string& Certificate::SpkiSha256() const { return parsed_->spki_sha256; }
absl::Time Certificate::NotBefore() const { return parsed_->not_before; }
absl::Time Certificate::NotAfter() const { return parsed_->not_after; }
X509* Certificate::native() const { return parsed_->x509.get(); }

std::string Certificate::SerialHex() const {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(native());
  return HexEncode(absl::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                                     static_cast<size_t>(ASN1_STRING_length(serial))));
}

bool IsSerialHex(absl::string_view text) {
  const absl::StatusOr<std::string> octets = HexDecode(text);
  if (!octets.ok() || octets->empty() || octets->front() == '\0') return false;
  const bool needs_sign_octet = static_cast<unsigned char>(octets->front()) >= 0x80;
  return octets->size() + (needs_sign_octet ? 1 : 0) <= kMaxSerialOctets;
}

absl::StatusOr<CertificateChain> ParsePemChain(absl::string_view pem) {
  const absl::StatusOr<std::vector<std::string>> blocks = ParsePem(pem, kLabel);
  if (!blocks.ok()) return Refused(kCertMalformed, blocks.status().message());
  CertificateChain chain;
  for (const std::string& der : *blocks) {
    ASSIGN_OR_RETURN(Certificate certificate, Certificate::FromDer(der));
    chain.push_back(std::move(certificate));
  }
  return chain;
}

}  // namespace tamga::certs
