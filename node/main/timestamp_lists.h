// Revocation lists of a time-stamp authority's issuers, from files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/certificate.h"
#include "certs/revocations.h"

namespace tamga::node {

// The lists of all files, each signed by one of `roots` or by an issuer whose certificate is in its file
// (ReadListFile). Null without a file. The reader's errors, with the file's path in front.
absl::StatusOr<std::shared_ptr<const certs::Revocations>> ReadTimestampLists(const std::vector<std::string>& files,
                                                                             const certs::CertificateChain& roots);

}  // namespace tamga::node
