// Making certificate revocation lists of the kind that Crl reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/crl.h"
#include "certs/openssl_ptr.h"

namespace tamga::certs {

struct CrlSpec {
  std::vector<RevokedSerial> revoked;  // each serial number once
  uint64_t number = 0;                 // higher than that of every earlier list of the issuer's key
  absl::Time this_update;              // whole seconds, rounded down, as next_update
  absl::Time next_update;
};

// A complete list of version 2 (RFC 5280 section 5), signed with SHA-256. Unauthenticated (REVOCATION_MALFORMED) if it
// is none that Crl takes, such as for more than 50,000 entries; Internal if OpenSSL refuses.
absl::StatusOr<Crl> BuildCrl(const CrlSpec& spec, const Certificate& issuer, EVP_PKEY& issuer_key);

}  // namespace tamga::certs
