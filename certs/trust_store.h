// Whom to believe: each State's roots for that State's names, never for another's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/principal.h"
#include "certs/profile.h"
#include "certs/revocations.h"
#include "certs/validity.h"

namespace tamga::certs {

// A principal, when its certificates, and the revocation lists that were asked about them, vouch for it, and which.
struct Vouched {
  Principal principal;
  Validity validity;
  CertificateChain path;  // leaf first, root last
  Validity certificates;  // the certificates alone
  Validity lists;         // the lists alone
};

// What a trust store asks for beside paths to the State's roots.
struct TrustOptions {
  absl::Duration skew;  // by how much other clocks may differ from ours
  // The lists of the States, by their codes; every certificate but the root is looked up and refused without a list.
  // Null: not asked.
  std::shared_ptr<const Revocations> revocations;
  // States whose issuers need not all have a list: one of which no list is held is not asked.
  std::set<std::string> lists_not_required;
  absl::Duration revocation_max_age = absl::InfiniteDuration();  // see ChainRules
};

// True for a CA's certificate that it signed itself.
bool IsRoot(const Certificate& certificate);

// What becomes of a certificate for which there is no current list, though there should be. kTaken is for those who
// talk about lists, which prove themselves: or else a node whose lists have grown old could not get newer ones.
enum class OldLists { kRefused, kTaken };

// Immutable. Thread-safe.
class TrustStore {
 public:
  // One bundle a State: ("KAZ", its self-signed roots in PEM). InvalidArgument naming "trust_bundles" for a state that
  // is not three capitals, one named twice, or a bundle with anything but self-signed CA certificates in proper form
  // (see CheckForm) with keys as CheckKey has them, or with one that names another State (see StatesNamedBy) or has a
  // key that is in another State's bundle as well.
  static absl::StatusOr<TrustStore> Build(const std::vector<std::pair<std::string, std::string>>& bundles);
  static absl::StatusOr<TrustStore> Build(const std::vector<std::pair<std::string, std::string>>& bundles,
                                          TrustOptions options);

  // The principal of chain[0], if its profile fits the usage (see profile.h) and the roots of the State that it names,
  // and only these, vouch for it at time `now` over the rest of the chain (see VerifyChain), at most 4 certificates.
  // Unauthenticated with a code of refusal.h otherwise, and with which certificate it was (FactsOf) among the
  // particulars.
  absl::StatusOr<Principal> Verify(const CertificateChain& chain, Usage usage, absl::Time now) const;

  // As Verify, with the time during which the answer stays the same.
  absl::StatusOr<Vouched> Vouch(const CertificateChain& chain, Usage usage, absl::Time now,
                                OldLists old_lists = OldLists::kRefused) const;

  // As Vouch, of what was signed a while ago: certificates as they were then, lists as they are now.
  absl::StatusOr<Vouched> VouchSigned(const CertificateChain& chain, Usage usage, absl::Time signed_at,
                                      absl::Time now) const;

  // True if there are roots for "KAZ".
  bool Knows(absl::string_view state) const;
  // The same roots with other lists (see TrustOptions).
  TrustStore With(std::shared_ptr<const Revocations> revocations, std::set<std::string> lists_not_required,
                  absl::Duration revocation_max_age) const;

  // The same rules for other roots; errors as of Build.
  absl::StatusOr<TrustStore> WithRoots(const std::vector<std::pair<std::string, std::string>>& bundles) const {
    return Build(bundles, options_);
  }

  // The States that have roots, sorted.
  std::vector<std::string> States() const;
  // The roots of "KAZ"; none if it is not known.
  CertificateChain RootsOf(absl::string_view state) const;
  // When the State last said which certificates of its principals are revoked: the time of the newest list that is not
  // a root's, or of the newest at all where roots alone have lists. InfinitePast without a list.
  absl::Time RevocationsAsOf(absl::string_view state) const;
  // When the issuers on the very path (of Vouched) last said which certificates are revoked: the time of the oldest of
  // their newest lists, InfinitePast if one has none. Of the root only where it issued the leaf itself: it is off-line,
  // and signs seldom.
  absl::Time RevocationsAsOf(const CertificateChain& path) const;
  // The time of the newest list that is not a root's; nothing if there is none.
  std::optional<absl::Time> IssuersListsAsOf(absl::string_view state) const;

  // By State.
  const std::map<std::string, CertificateChain, std::less<>>& roots() const { return roots_; }

  // All roots in one PEM text, for gRPC's handshake, which knows one store only. A handshake that it lets through
  // proves possession of a key and nothing about a name: that is for Verify.
  const std::string& AllRootsPem() const { return all_roots_pem_; }

 private:
  absl::StatusOr<Vouched> Judge(const CertificateChain& chain, Usage usage, absl::Time now, absl::Time lists_now,
                                OldLists old_lists) const;
  absl::StatusOr<Vouched> FindPath(const CertificateChain& chain, Usage usage, absl::Time now, absl::Time lists_now,
                                   OldLists old_lists) const;

  TrustOptions options_;
  std::map<std::string, CertificateChain, std::less<>> roots_;
  std::string all_roots_pem_;
};

}  // namespace tamga::certs
