// What the certificate of a principal, at the end of a path, must be like.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "certs/certificate.h"
#include "certs/extensions.h"

namespace tamga::certs {

struct LeafRules {
  std::vector<std::string> purposes;  // its extended key usages, exactly these, in dotted decimal
  uint32_t needed_key_usage = 0;      // KU_ bits of OpenSSL that must be there
  uint32_t allowed_key_usage = 0;     // and those that may
  bool must_be_p256 = false;
};

// OK if the leaf is no authority's, has the key usage and exactly the purposes that the rules say, and a key as
// CheckKey has it, or P-256. Unauthenticated (CERT_IS_AUTHORITY, CERT_BAD_KEY_USAGE, CERT_BAD_PURPOSE, CERT_WEAK_KEY)
// otherwise.
absl::Status CheckLeaf(const Certificate& leaf, const LeafRules& rules);

// OK if every alternative name is well formed (host names, perhaps with a wildcard; absolute URIs; mailboxes; addresses
// of 4 or 16 octets; others are not looked at), and if every common name in the subject is one of them.
// Unauthenticated (CERT_BAD_IDENTITY, CERT_NAMES_DIFFER) otherwise.
absl::Status CheckNames(const Certificate& leaf, const AlternativeNames& names);

}  // namespace tamga::certs
