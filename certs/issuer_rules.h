// What those who issued the certificates of a path must be like.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "certs/certificate.h"

namespace tamga::certs {

// Of a path, leaf first and anchor last: OK if each issuer is an authority (RFC 5280 section 6.1.4 k to n) whose key
// may sign certificates, has not more authorities below it than its path length allows, has all the leaf's `purposes`
// among its extended key usages if it has any, and names no State but `state`, where that is not empty (see
// StatesNamedBy); and if the key identifiers are there that RFC 5280 sections 4.2.1.1 and 4.2.1.2 ask for.
// Unauthenticated (CERT_BAD_ISSUER, CERT_BAD_KEY_USAGE, CERT_PATH_TOO_LONG, CERT_BAD_PURPOSE, CERT_WRONG_STATE,
// CERT_BAD_EXTENSION) otherwise.
absl::Status CheckIssuers(const CertificateChain& path, const std::vector<std::string>& purposes,
                          absl::string_view state);

}  // namespace tamga::certs
