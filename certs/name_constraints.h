// Which names an authority may give, evaluated here and not left to OpenSSL alone.
#pragma once

#include "absl/status/status.h"
#include "certs/certificate.h"

namespace tamga::certs {

// Of a path, leaf first and anchor last: OK if all names of every certificate are inside the name constraints of all
// authorities above it, the anchor's included (RFC 5280 sections 4.2.1.10 and 6.1.4 b, g). Names are the alternative
// names, the subject, and e-mail addresses in the subject; constraints of URI, DNS, IP, e-mail and directory names are
// evaluated, a certificate with a name of another kind that is constrained is refused. A wildcard is inside what is
// permitted if all that it stands for is, and inside what is excluded if anything is.
//
// Refused as well: constraints without subtrees, with minimum or maximum, or with a base that is not well formed for
// its kind; a permitted base that is empty. An excluded one that is empty excludes every name of its kind.
// Unauthenticated (CERT_NAME_CONSTRAINT) otherwise.
absl::Status CheckNameConstraints(const CertificateChain& path);

}  // namespace tamga::certs
