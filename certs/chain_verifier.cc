#include "certs/chain_verifier.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "certs/certificate_form.h"
#include "certs/extensions.h"
#include "certs/issuer_rules.h"
#include "certs/name_constraints.h"
#include "certs/openssl_path.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

absl::Status CheckTime(const Certificate& certificate, const ChainRules& rules, absl::string_view whose) {
  if (rules.now + rules.skew < certificate.NotBefore()) {
    return Refused(kCertNotYetValid, absl::StrCat(whose, " is not yet valid"));
  }
  if (rules.now - rules.skew > certificate.NotAfter()) {
    return Refused(kCertExpired, absl::StrCat(whose, " has expired"));
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const CertificateChain& path, const ChainRules& rules) {
  for (size_t i = 0; i < path.size(); ++i) {
    RETURN_IF_ERROR(CheckTime(path[i], rules, i == 0 ? "the certificate" : "an issuer of the certificate"));
  }
  return absl::OkStatus();
}

// What can be said of the leaf without its path.
absl::Status CheckAlone(const Certificate& leaf, const ChainRules& rules) {
  RETURN_IF_ERROR(CheckForm(leaf));
  RETURN_IF_ERROR(CheckLeaf(leaf, rules.leaf));
  if (!rules.is_named) return absl::OkStatus();
  ASSIGN_OR_RETURN(const AlternativeNames names, AlternativeNamesIn(leaf));
  RETURN_IF_ERROR(CheckNames(leaf, names));
  return CheckExpectedNames(names, rules.names);
}

// When the verdict on the path's revocation holds.
absl::StatusOr<Validity> CheckRevocation(const CertificateChain& path, const ChainRules& rules) {
  const absl::Time now = rules.lists_now.value_or(rules.now);
  Validity validity;
  for (size_t i = 0; rules.revocations != nullptr && i + 1 < path.size(); ++i) {
    if (!rules.lists_required && !rules.revocations->AsOf(rules.state, path[i + 1])) continue;
    const absl::Duration max_age = i == 0 ? rules.revocation_max_age : absl::InfiniteDuration();
    const absl::StatusOr<Validity> list =
        rules.revocations->Check(rules.state, path[i], path[i + 1], {now, rules.skew, max_age});
    if (list.ok()) {
      validity.Narrow(*list);
    } else if (!rules.lists_may_be_old || ReasonOf(list.status()) == kCertRevoked) {
      return list.status();
    }
  }
  return validity;
}

absl::Time OldestList(const CertificateChain& path, const ChainRules& rules) {
  absl::Time oldest = absl::InfiniteFuture();
  for (size_t i = 1; rules.revocations != nullptr && i < path.size(); ++i) {
    oldest = std::min(oldest, rules.revocations->AsOf(rules.state, path[i]).value_or(absl::InfinitePast()));
  }
  return oldest;
}

}  // namespace

absl::StatusOr<VerifiedPath> VerifyChain(const CertificateChain& anchors, const CertificateChain& others,
                                         const Certificate& leaf, const ChainRules& rules) {
  RETURN_IF_ERROR(CheckAlone(leaf, rules));
  VerifiedPath verified;
  const auto judge = [&](const CertificateChain& path) -> absl::Status {
    RETURN_IF_ERROR(CheckTimes(path, rules));
    RETURN_IF_ERROR(CheckIssuers(path, rules.leaf.purposes, rules.state));
    RETURN_IF_ERROR(CheckNameConstraints(path));
    ASSIGN_OR_RETURN(verified.lists, CheckRevocation(path, rules));
    return VerifyByOpenSsl(path);
  };
  ASSIGN_OR_RETURN(verified.path, PathSearch(anchors, others, rules.path).Find(leaf, judge));
  for (const Certificate& certificate : verified.path) {
    verified.certificates.Narrow({certificate.NotBefore(), certificate.NotAfter()});
  }
  verified.validity = verified.certificates;
  verified.validity.Narrow(verified.lists);
  verified.revocation_as_of = OldestList(verified.path, rules);
  return verified;
}

}  // namespace tamga::certs
