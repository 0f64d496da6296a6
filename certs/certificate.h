// An X.509 certificate as it came, and nothing about whether to believe it: that is TrustStore's part.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tamga::certs {

// A certificate chain as presented: the leaf first, then its issuers up to but without the root.
class Certificate;
using CertificateChain = std::vector<Certificate>;

// Immutable; copies share one parsed certificate. Thread-safe.
class Certificate {
 public:
  // All of `der`, at most 16 KiB, in DER proper (BER is refused, see IsDer), with times as RFC 5280 has them.
  // Unauthenticated (CERT_MALFORMED) otherwise.
  static absl::StatusOr<Certificate> FromDer(absl::string_view der);

  // The bytes given to FromDer.
  const std::string& Der() const;
  std::string Pem() const;
  // SubjectPublicKeyInfo in DER, and its SHA-256 (32 bytes), which names the key.
  const std::string& Spki() const;
  const std::string& SpkiSha256() const;
  // Valid from NotBefore through NotAfter (RFC 5280 section 4.1.2.5).
  absl::Time NotBefore() const;
  absl::Time NotAfter() const;
  // Lower-case hex of the serial number's content octets.
  std::string SerialHex() const;

  // For OpenSSL's calls, which take it as mutable but only look. Owned by this object and its copies.
  X509* native() const;

 private:
  struct Parsed;
  explicit Certificate(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;
};

// True for what SerialHex gives: a positive number of at most 20 octets with its sign (RFC 5280 section 4.1.2.2), in
// lower-case hex without octets of zero before it, so that each number has one form.
bool IsSerialHex(absl::string_view text);

// One or more certificates, strict PEM (see ParsePem). Unauthenticated (CERT_MALFORMED) otherwise.
absl::StatusOr<CertificateChain> ParsePemChain(absl::string_view pem);

}  // namespace tamga::certs
