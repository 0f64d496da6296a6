// What the extensions of a certificate say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/certificate.h"

namespace tamga::certs {

// The bits KU_ of OpenSSL; 0 if there is no key usage.
uint32_t KeyUsageIn(const Certificate& certificate);

// The extended key usages in dotted decimal, sorted; nothing if there is no such extension. Of one that cannot be read,
// none.
std::optional<std::vector<std::string>> PurposesIn(const Certificate& certificate);

// Subject alternative names by kind, as they stand in the certificate.
struct AlternativeNames {
  std::vector<std::string> dns;
  std::vector<std::string> uris;
  std::vector<std::string> emails;
  std::vector<std::string> addresses;  // 4 or 16 octets, in network order, if they are well formed
  size_t others = 0;                   // of other kinds
};

// Unauthenticated (CERT_BAD_IDENTITY) if there is not exactly one such extension with at least one name.
absl::StatusOr<AlternativeNames> AlternativeNamesIn(const Certificate& certificate);

}  // namespace tamga::certs
