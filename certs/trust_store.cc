#include "certs/trust_store.h"

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/openssl_error.h"
#include "certs/refusal.h"
#include "certs/root_states.h"
#include "certs/trust_domain.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// The leaf and 4 intermediates.
constexpr size_t kMaxChainLength = 5;

absl::Status BadBundle(absl::string_view state, absl::string_view what) {
  return InvalidField("trust_bundles", absl::StrCat("the bundle of ", state, " ", what));
}

}  // namespace

absl::StatusOr<TrustStore> TrustStore::Build(const std::vector<std::pair<std::string, std::string>>& bundles) {
  TrustStore store;
  for (const auto& [state, pem] : bundles) {
    if (!IsStateCode(state))
      return InvalidField("trust_bundles", "a state must be its ISO 3166 alpha-3 code in capitals");
    if (store.Knows(state)) return BadBundle(state, "is there twice; put all its roots into one file");
    const absl::StatusOr<CertificateChain> roots = ParsePemChain(pem);
    if (!roots.ok()) return BadBundle(state, absl::StrCat("cannot be read: ", roots.status().message()));
    X509StorePtr anchors(X509_STORE_new());
    if (anchors == nullptr) return OpenSslError("cannot make a certificate store");
    for (const Certificate& root : *roots) {
      if (!IsRoot(root)) return BadBundle(state, "holds a certificate that is not a self-signed root");
      for (const std::string& named : StatesNamedBy(root)) {
        if (named == state) continue;
        return BadBundle(state,
                         absl::StrCat("holds a root that names ", named, "; it belongs into the bundle of ", named));
      }
      if (X509_STORE_add_cert(anchors.get(), root.native()) != 1) return OpenSslError("cannot store a root");
      absl::StrAppend(&store.all_roots_pem_, root.Pem());
    }
    store.roots_.emplace(state, std::move(anchors));
  }
  return store;
}

absl::StatusOr<Principal> TrustStore::Verify(const CertificateChain& chain, Usage usage, absl::Time now) const {
  ASSIGN_OR_RETURN(Vouched vouched, Vouch(chain, usage, now));
  return std::move(vouched.principal);
}

absl::StatusOr<Vouched> TrustStore::Vouch(const CertificateChain& chain, Usage usage, absl::Time now) const {
  if (chain.empty()) return Refused(kCertMissing, "no certificate was presented");
  if (chain.size() > kMaxChainLength) return Refused(kCertMalformed, "more than 5 certificates were presented");
  ASSIGN_OR_RETURN(Principal principal, IdentityOf(chain.front()));
  const auto anchors = roots_.find(principal.State());
  if (anchors == roots_.end()) {
    return Refused(kCertUnknownState, absl::StrCat("no trust bundle is configured for ", principal.State()));
  }
  RETURN_IF_ERROR(CheckLeafProfile(chain.front(), principal.role, usage));
  ASSIGN_OR_RETURN(const Validity validity, VerifyPath(*anchors->second, chain, usage, now));
  return Vouched{std::move(principal), validity};
}

bool TrustStore::Knows(absl::string_view state) const { return roots_.find(std::string(state)) != roots_.end(); }

}  // namespace tamga::certs
