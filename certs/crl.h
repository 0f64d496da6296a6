// A certificate revocation list (RFC 5280 section 5) as it came, and nothing about whether to believe it: that is
// Revocations' part.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"

namespace tamga::certs {

// A certificate of the issuer that is not to be believed any longer.
struct RevokedSerial {
  std::string serial_hex;  // as Certificate::SerialHex gives it
  absl::Time since;
};

// Immutable; copies share one parsed list. Thread-safe.
class Crl {
 public:
  static constexpr size_t kMaxDerBytes = 1 << 20;
  static constexpr size_t kMaxEntries = 50'000;

  // All of `der`, at most 1 MiB and 50,000 entries, in DER proper: a complete list of one issuer's certificates, of
  // version 2, with authority key identifier, CRL number and nextUpdate, signed by an algorithm of the list. Refused
  // are delta lists, indirect and partitioned ones (issuing distribution point), critical extensions, extensions and
  // serial numbers that occur twice. Unauthenticated (REVOCATION_MALFORMED) otherwise.
  static absl::StatusOr<Crl> FromDer(absl::string_view der);
  // One "X509 CRL" block, strict PEM (see ParsePem), of such DER.
  static absl::StatusOr<Crl> FromPem(absl::string_view pem);

  // The bytes given to FromDer.
  const std::string& Der() const;
  // When it was issued, and when the next one will have been.
  absl::Time ThisUpdate() const;
  absl::Time NextUpdate() const;
  // The CRL number: the same issuer's later lists have a higher one.
  bool IsOlderThan(const Crl& other) const;
  bool HasNumberOf(const Crl& other) const;
  // Since when the certificate with this serial number is revoked, for whatever reason; nothing if it is not. Whose
  // certificate it is has to be known.
  std::optional<absl::Time> RevokedSince(const Certificate& certificate) const;

  // The CRL number; nothing if it has more than 64 bits.
  std::optional<uint64_t> Number() const;
  // All that it revokes, by serial number.
  std::vector<RevokedSerial> Entries() const;
  // How many certificates it revokes.
  size_t size() const;

  // True if it names the issuer by name and key identifier.
  bool IsNamedAfter(const Certificate& issuer) const;
  // True if it does, and verifies with the issuer's key.
  bool IsSignedBy(const Certificate& issuer) const;

 private:
  struct Parsed;
  explicit Crl(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace tamga::certs
