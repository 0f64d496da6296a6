#include "certs/trust_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "certs/algorithms.h"
#include "certs/certificate_facts.h"
#include "certs/certificate_form.h"
#include "certs/chain_verifier.h"
#include "certs/identity.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
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

absl::Status CheckRoot(const std::string& state, const Certificate& root) {
  for (const absl::Status& fault : {CheckForm(root), CheckKey(root)}) {
    if (!fault.ok()) return BadBundle(state, absl::StrCat("holds a root that cannot be used: ", fault.message()));
  }
  if (!IsRoot(root)) return BadBundle(state, "holds a certificate that is not a self-signed root");
  for (const std::string& named : StatesNamedBy(root)) {
    if (named == state) continue;
    return BadBundle(state, absl::StrCat("holds a root that names ", named, "; it belongs into the bundle of ", named));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsRoot(const Certificate& certificate) {
  const bool is_signed = X509_self_signed(certificate.native(), /*verify_signature=*/1) == 1;
  DrainOpenSslErrors();
  return is_signed && IsAuthority(certificate);
}

absl::StatusOr<TrustStore> TrustStore::Build(const std::vector<std::pair<std::string, std::string>>& bundles) {
  return Build(bundles, TrustOptions());
}

absl::StatusOr<TrustStore> TrustStore::Build(const std::vector<std::pair<std::string, std::string>>& bundles,
                                             TrustOptions options) {
  TrustStore store;
  store.options_ = std::move(options);
  std::map<std::string, std::string> state_of_key;  // by SHA-256
  for (const auto& [state, pem] : bundles) {
    if (!IsStateCode(state))
      return InvalidField("trust_bundles", "a state must be its ISO 3166 alpha-3 code in capitals");
    if (store.Knows(state)) return BadBundle(state, "is there twice; put all its roots into one file");
    absl::StatusOr<CertificateChain> roots = ParsePemChain(pem);
    if (!roots.ok()) return BadBundle(state, absl::StrCat("cannot be read: ", roots.status().message()));
    for (const Certificate& root : *roots) {
      RETURN_IF_ERROR(CheckRoot(state, root));
      const std::string& owner = state_of_key.emplace(root.SpkiSha256(), state).first->second;
      if (owner != state) {
        return BadBundle(state, absl::StrCat("holds a root whose key is in the bundle of ", owner,
                                             " as well; a key can speak for one State alone"));
      }
      absl::StrAppend(&store.all_roots_pem_, root.Pem());
    }
    store.roots_.emplace(state, *std::move(roots));
  }
  return store;
}

absl::StatusOr<Principal> TrustStore::Verify(const CertificateChain& chain, Usage usage, absl::Time now) const {
  ASSIGN_OR_RETURN(Vouched vouched, Vouch(chain, usage, now));
  return std::move(vouched.principal);
}

absl::StatusOr<Vouched> TrustStore::Vouch(const CertificateChain& chain, Usage usage, absl::Time now,
                                          OldLists old_lists) const {
  return Judge(chain, usage, now, now, old_lists);
}

absl::StatusOr<Vouched> TrustStore::VouchSigned(const CertificateChain& chain, Usage usage, absl::Time signed_at,
                                                absl::Time now) const {
  return Judge(chain, usage, signed_at, now, OldLists::kRefused);
}

// Every refusal says whose certificate it is about: all of them come by here.
absl::StatusOr<Vouched> TrustStore::Judge(const CertificateChain& chain, Usage usage, absl::Time now,
                                          absl::Time lists_now, OldLists old_lists) const {
  absl::StatusOr<Vouched> vouched = FindPath(chain, usage, now, lists_now, old_lists);
  if (vouched.ok() || chain.empty()) return vouched;
  return Error(vouched.status().code(), ReasonOf(vouched.status()), vouched.status().message(), FactsOf(chain.front()));
}

absl::StatusOr<Vouched> TrustStore::FindPath(const CertificateChain& chain, Usage usage, absl::Time now,
                                             absl::Time lists_now, OldLists old_lists) const {
  if (chain.empty()) return Refused(kCertMissing, "no certificate was presented");
  if (chain.size() > kMaxChainLength) return Refused(kCertPathTooLong, "more than 5 certificates were presented");
  ASSIGN_OR_RETURN(Principal principal, IdentityOf(chain.front()));
  const auto anchors = roots_.find(principal.State());
  if (anchors == roots_.end()) {
    return Refused(kCertUnknownState, absl::StrCat("no trust bundle is configured for ", principal.State()));
  }
  RETURN_IF_ERROR(CheckUsage(principal.role, usage));
  ChainRules rules;
  rules.now = now;
  rules.skew = options_.skew;
  rules.leaf = LeafRulesOf(principal.role);
  rules.state = anchors->first;
  rules.revocations = options_.revocations.get();
  rules.lists_required = options_.lists_not_required.count(anchors->first) == 0;
  rules.lists_now = lists_now;
  rules.lists_may_be_old = old_lists == OldLists::kTaken;
  rules.revocation_max_age = options_.revocation_max_age;
  const CertificateChain others(chain.begin() + 1, chain.end());
  ASSIGN_OR_RETURN(VerifiedPath verified, VerifyChain(anchors->second, others, chain.front(), rules));
  return Vouched{std::move(principal), verified.validity, std::move(verified.path), verified.certificates,
                 verified.lists};
}

bool TrustStore::Knows(absl::string_view state) const { return roots_.find(std::string(state)) != roots_.end(); }

TrustStore TrustStore::With(std::shared_ptr<const Revocations> revocations, std::set<std::string> lists_not_required,
                            absl::Duration revocation_max_age) const {
  TrustStore other = *this;
  other.options_.revocations = std::move(revocations);
  other.options_.lists_not_required = std::move(lists_not_required);
  other.options_.revocation_max_age = revocation_max_age;
  return other;
}

std::vector<std::string> TrustStore::States() const {
  std::vector<std::string> states;
  for (const auto& [state, unused] : roots_) states.push_back(state);
  return states;
}

CertificateChain TrustStore::RootsOf(absl::string_view state) const {
  const auto found = roots_.find(std::string(state));
  return found == roots_.end() ? CertificateChain() : found->second;
}

absl::Time TrustStore::RevocationsAsOf(absl::string_view state) const {
  if (options_.revocations == nullptr) return absl::InfinitePast();
  if (const auto newest = IssuersListsAsOf(state)) return *newest;
  return options_.revocations->NewestBeside(state, {}).value_or(absl::InfinitePast());
}

absl::Time TrustStore::RevocationsAsOf(const CertificateChain& path) const {
  if (options_.revocations == nullptr || path.size() < 2) return absl::InfinitePast();
  const absl::StatusOr<Principal> leaf = IdentityOf(path.front());
  if (!leaf.ok()) return absl::InfinitePast();
  absl::Time oldest = absl::InfiniteFuture();
  for (size_t i = 1; i < std::max<size_t>(path.size() - 1, 2); ++i) {
    oldest = std::min(oldest, options_.revocations->AsOf(leaf->State(), path[i]).value_or(absl::InfinitePast()));
  }
  return oldest;
}

std::optional<absl::Time> TrustStore::IssuersListsAsOf(absl::string_view state) const {
  if (options_.revocations == nullptr) return std::nullopt;
  return options_.revocations->NewestBeside(state, RootsOf(state));
}

}  // namespace tamga::certs
