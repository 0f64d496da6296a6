// A State's roots in the form in which others than nodes of Tamga take them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tamga/v1/trust_service.pb.h"

namespace tamga::cli {

// The SPIFFE bundle document (SPIFFE Trust Domain and Bundle, section 4) of the State's trust domain, for X.509: a JWK
// set (RFC 7517) with a key for each root, its parameters (RFC 7518 section 6, RFC 8037) and the certificate. Sequence
// number and refresh hint are those of the State's act about its roots, and left out where there is none.
// InvalidArgument if a root came without its certificate, as from a node of an older version, or has a key of another
// kind.
absl::StatusOr<std::string> SpiffeBundle(const v1::StateTrust& state);

}  // namespace tamga::cli
