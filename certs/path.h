// From a leaf to a root: RFC 5280 path validation by OpenSSL, with every lenience off.
#pragma once

#include <openssl/x509.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/profile.h"

namespace tamga::certs {

// From `not_before` up to but without `not_after`.
struct Validity {
  absl::Time not_before;
  absl::Time not_after;

  bool Covers(absl::Time now) const { return not_before <= now && now < not_after; }
};

// Builds and checks a path from chain[0] (the chain must not be empty) over the others, in whatever order, to a
// self-signed root in `roots` at time `now`: at most 4 intermediates, 128 bits of security in every key and signature,
// name constraints, key usages. Returns the time during which all of the path, root included, is valid.
// Unauthenticated (CERT_ codes) otherwise. Thread-safe for one `roots`.
absl::StatusOr<Validity> VerifyPath(X509_STORE& roots, const CertificateChain& chain, Usage usage, absl::Time now);

// True for a CA's certificate that it signed itself.
bool IsRoot(const Certificate& certificate);

}  // namespace tamga::certs
