// The one strict verifier of certificates: RFC 5280, and the profile of docs/certificates.md on top of it. Whoever
// believes a certificate, for a connection, a seal or anything else, does so because of this.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/expected_name.h"
#include "certs/leaf_rules.h"
#include "certs/path_search.h"
#include "certs/revocations.h"
#include "certs/validity.h"

namespace tamga::certs {

struct ChainRules {
  absl::Time now;
  absl::Duration skew;  // by how much other clocks may differ from ours; for certificates and lists alike
  LeafRules leaf;
  PathSearchRules path;
  std::vector<ExpectedName> names;  // all of which the leaf must have
  // False where nobody goes by the leaf's names, as of a time-stamp authority: then it needs no alternative names, and
  // those that it has, and its common name, are not looked at. `names` is empty then.
  bool is_named = true;
  std::string state;  // "KAZ": no issuer may name another State. Empty: not asked
  // Every certificate but the anchor is looked up, and one without a list is refused. Null: not asked.
  const Revocations* revocations = nullptr;
  // False: issuers of which no list is held are not asked. A list that is held binds in any case.
  bool lists_required = true;
  // True: a list that is absent, too old or of a time to come refuses nobody. One that revokes does, whatever its age.
  bool lists_may_be_old = false;
  // When the lists have to be current, where that is not `now`: what was signed a while ago is judged by certificates
  // as they were then, but by what is known of them today.
  std::optional<absl::Time> lists_now;
  // How old the list of the leaf's issuer may be. Those above it sign too seldom for that: their lists have their own
  // word (nextUpdate) alone.
  absl::Duration revocation_max_age = absl::InfiniteDuration();
};

struct VerifiedPath {
  CertificateChain path;  // leaf first, anchor last
  // When every certificate of the path is valid, when every list is current, and when both are so, without skew.
  Validity certificates;
  Validity lists;
  Validity validity;
  // The time of the oldest list that was asked; InfinitePast if an issuer had none, InfiniteFuture if none was asked
  // for.
  absl::Time revocation_as_of = absl::InfiniteFuture();
};

// The path from `leaf` over any of `others`, in whatever order, to one of `anchors`, the root or another authority.
// The anchor is held to the same rules as other issuers, but for its own signature. The work is bounded by
// PathSearch::kMaxCandidates, however many others there are. Unauthenticated with a code of refusal.h otherwise.
// Thread-safe.
absl::StatusOr<VerifiedPath> VerifyChain(const CertificateChain& anchors, const CertificateChain& others,
                                         const Certificate& leaf, const ChainRules& rules);

}  // namespace tamga::certs
