// Revocation lists in a file, as an authority publishes them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "node/trust/revocation_list.h"

namespace tamga::trust {

inline constexpr size_t kMostListFileBytes = 4u << 20;

// The lists of the State in a PEM text (see certs::ParsePem), "X509 CRL" blocks and, in any order, "CERTIFICATE" blocks
// of their issuers below the roots. `known` are more certificates that may have issued them, such as the State's roots.
// Nothing is verified. InvalidArgument, or Unauthenticated with a code of certs/refusal.h, for anything else, and for a
// list of whose issuer there is no certificate.
absl::StatusOr<std::vector<RevocationList>> ReadListFile(absl::string_view state, absl::string_view pem,
                                                         const certs::CertificateChain& known);

}  // namespace tamga::trust
