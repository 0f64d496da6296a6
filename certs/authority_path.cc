#include "certs/authority_path.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "certs/certificate_form.h"
#include "certs/issuer_rules.h"
#include "certs/openssl_path.h"
#include "certs/path_search.h"
#include "certs/refusal.h"
#include "certs/root_states.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

absl::Status CheckTime(const Certificate& certificate, absl::Time now, absl::Duration skew) {
  if (now + skew < certificate.NotBefore()) return Refused(kCertNotYetValid, "an authority is not yet valid");
  if (now - skew > certificate.NotAfter()) return Refused(kCertExpired, "an authority has expired");
  return absl::OkStatus();
}

absl::Status CheckState(const Certificate& authority, absl::string_view state) {
  for (const std::string& named : StatesNamedBy(authority)) {
    if (named != state) return Refused(kCertWrongState, absl::StrCat("an authority of ", state, " names ", named));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CertificateChain> VerifyAuthority(const CertificateChain& roots, const CertificateChain& others,
                                                 const Certificate& authority, absl::string_view state, absl::Time now,
                                                 absl::Duration skew) {
  RETURN_IF_ERROR(CheckForm(authority));
  if (!IsAuthority(authority)) return Refused(kCertBadIssuer, "it is no authority");
  RETURN_IF_ERROR(CheckState(authority, state));
  const auto is_same = [&](const Certificate& root) { return root.Der() == authority.Der(); };
  if (std::any_of(roots.begin(), roots.end(), is_same)) {
    RETURN_IF_ERROR(CheckTime(authority, now, skew));
    return CertificateChain{authority};
  }
  const auto judge = [&](const CertificateChain& path) -> absl::Status {
    for (const Certificate& certificate : path) RETURN_IF_ERROR(CheckTime(certificate, now, skew));
    RETURN_IF_ERROR(CheckIssuers(path, {}, state));
    return VerifyByOpenSsl(path);
  };
  return PathSearch(roots, others, PathSearchRules()).Find(authority, judge);
}

}  // namespace tamga::certs
