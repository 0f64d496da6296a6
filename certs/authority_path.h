// Whether an authority is one of a State's: for whoever holds something that only an authority signs, such as a
// revocation list.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"

namespace tamga::certs {

// The path from `authority` over any of `others` to one of the roots, which it may be itself. Held to the rules of
// issuers (see CheckIssuers), with both times give or take the skew; whether it is revoked is not looked at.
// Unauthenticated with a code of refusal.h otherwise. Thread-safe.
absl::StatusOr<CertificateChain> VerifyAuthority(const CertificateChain& roots, const CertificateChain& others,
                                                 const Certificate& authority, absl::string_view state, absl::Time now,
                                                 absl::Duration skew);

}  // namespace tamga::certs
