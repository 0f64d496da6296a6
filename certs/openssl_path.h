// A second opinion on a path: RFC 5280 path validation by OpenSSL, with every lenience off.
#pragma once

#include "absl/status/status.h"
#include "certs/certificate.h"

namespace tamga::certs {

// OK if OpenSSL's strict mode, at 128 bits of security, takes the path, leaf first and anchor last, of at least two
// certificates, at any time: this also processes certificate policies (RFC 5280 section 6.1.3 d to f). Unauthenticated
// (CERT_BAD_POLICY, CERT_UNTRUSTED with OpenSSL's words) otherwise.
absl::Status VerifyByOpenSsl(const CertificateChain& path);

}  // namespace tamga::certs
