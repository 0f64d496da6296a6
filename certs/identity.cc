#include "certs/identity.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "certs/trust_domain.h"

namespace tamga::certs {
namespace {

bool IsInside(absl::string_view dns_name, absl::string_view domain) {
  const bool plain = dns_name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == absl::string_view::npos;
  return plain && (dns_name == domain || absl::EndsWith(dns_name, absl::StrCat(".", domain)));
}

}  // namespace

absl::StatusOr<Principal> IdentityOf(const Certificate& leaf) {
  // Null also when the extension occurs twice or cannot be parsed.
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf.native(), NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr) return Refused(kCertBadIdentity, "the certificate has no single subject alternative name");

  std::vector<std::string> uris;
  std::vector<std::string> dns_names;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    switch (name->type) {
      case GEN_URI:
        uris.push_back(TextOf(name->d.uniformResourceIdentifier));
        break;
      case GEN_DNS:
        dns_names.push_back(TextOf(name->d.dNSName));
        break;
      default:
        return Refused(kCertBadIdentity, "the certificate has an alternative name other than URI and DNS");
    }
  }
  if (uris.size() != 1) return Refused(kCertBadIdentity, "the certificate must have exactly one URI name");

  absl::StatusOr<Principal> principal = ParseSpiffeId(uris.front());
  if (!principal.ok()) return Refused(kCertBadIdentity, principal.status().message());
  const std::string domain = TrustDomainOf(principal->State());
  for (const std::string& dns_name : dns_names) {
    if (!IsInside(dns_name, domain)) {
      return Refused(kCertBadIdentity, absl::StrCat("the certificate has a DNS name outside ", domain));
    }
  }
  return principal;
}

}  // namespace tamga::certs
