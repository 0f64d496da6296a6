// What the strict verifier says to a case.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/cli/limbo_case.h"

namespace tamga::cli {

// OK if the peer's certificate is taken, at the case's time or else at `now`, by VerifyChain without skew: serverAuth
// or clientAuth as its one extended key usage unless the case names others, digitalSignature among its key usages
// unless it names others, at most 4 intermediates unless it says how many, and if there are revocation lists, one that
// is current for every issuer. Trusted certificates that cannot be read are left out. Otherwise the refusal, with its
// reason.
absl::Status JudgeLimboCase(const LimboCase& limbo_case, absl::Time now);

}  // namespace tamga::cli
