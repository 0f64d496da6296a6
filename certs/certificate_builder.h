// Making certificates, good ones and, for tests, bad ones: nothing is checked here.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"
#include "node/base/rng.h"

namespace tamga::certs {

// An extension in OpenSSL's configuration syntax: {NID_basic_constraints, "critical,CA:TRUE"}.
struct ExtensionText {
  int nid;
  std::string value;
};

struct CertificateSpec {
  std::string organization;  // subject, O
  std::string common_name;   // subject, CN; none if empty
  absl::Time not_before;     // whole seconds, rounded down, as not_after
  absl::Time not_after;
  std::vector<ExtensionText> extensions;
  std::string country = {};  // subject, C, alpha-2; none if empty
};

// Version 3, a random positive serial number of 16 octets, subject and authority key identifiers, and `spec`; signed
// with SHA-256 by `issuer`, or by itself if that is null, with `issuer_key`. Internal error if OpenSSL refuses.
absl::StatusOr<Certificate> BuildCertificate(const CertificateSpec& spec, EVP_PKEY& subject_key,
                                             const Certificate* issuer, EVP_PKEY& issuer_key, Rng& rng);

}  // namespace tamga::certs
