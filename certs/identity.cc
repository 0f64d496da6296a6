#include "certs/identity.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/extensions.h"
#include "certs/refusal.h"
#include "certs/trust_domain.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

bool IsInside(absl::string_view dns_name, absl::string_view domain) {
  const bool plain = dns_name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == absl::string_view::npos;
  return plain && (dns_name == domain || absl::EndsWith(dns_name, absl::StrCat(".", domain)));
}

}  // namespace

absl::StatusOr<Principal> IdentityOf(const Certificate& leaf) {
  ASSIGN_OR_RETURN(const AlternativeNames names, AlternativeNamesIn(leaf));
  if (!names.emails.empty() || !names.addresses.empty() || names.others != 0) {
    return Refused(kCertBadIdentity, "the certificate has an alternative name other than URI and DNS");
  }
  if (names.uris.size() != 1) return Refused(kCertBadIdentity, "the certificate must have exactly one URI name");

  absl::StatusOr<Principal> principal = ParseSpiffeId(names.uris.front());
  if (!principal.ok()) return Refused(kCertBadIdentity, principal.status().message());
  const std::string domain = TrustDomainOf(principal->State());
  for (const std::string& dns_name : names.dns) {
    if (!IsInside(dns_name, domain)) {
      return Refused(kCertBadIdentity, absl::StrCat("the certificate has a DNS name outside ", domain));
    }
  }
  return principal;
}

}  // namespace tamga::certs
