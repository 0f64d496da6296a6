// Whether configured roots are those that their State names in its register.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "node/treaty/treaty_library.h"

namespace tamga::trust {

// FailedPrecondition (TRUST_CONTRADICTED) if the State has named its roots by an act that is in force, and one of
// `roots` it never has: it may be somebody else's.
absl::Status CheckNamedRoots(const treaty::TreatyLibrary& library, const std::string& state,
                             const certs::CertificateChain& roots, absl::Time now);

}  // namespace tamga::trust
