// Whom a certificate names. The subject is decoration; names are in the subject alternative name only.
#pragma once

#include "absl/status/statusor.h"
#include "certs/certificate.h"
#include "certs/principal.h"

namespace tamga::certs {

// The principal of exactly one URI name. Beside it only DNS names are allowed, in lower case, without wildcard, and
// inside the same State's trust domain ("kaz.tamga"). Unauthenticated (CERT_BAD_IDENTITY) otherwise. Says nothing about
// whether the certificate may be believed.
absl::StatusOr<Principal> IdentityOf(const Certificate& leaf);

}  // namespace tamga::certs
