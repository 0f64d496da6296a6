#include "certs/issuer_rules.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "certs/certificate_form.h"
#include "certs/extensions.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "certs/root_states.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// Without those that issued to themselves, as when an authority changes its key (RFC 5280 section 6.1.4 l).
long AuthoritiesBelow(const CertificateChain& path, size_t issuer) {
  return std::count_if(path.begin() + 1, path.begin() + static_cast<std::ptrdiff_t>(issuer),
                       [](const Certificate& certificate) { return !IsSelfIssued(certificate); });
}

bool Serves(const Certificate& issuer, const std::vector<std::string>& purposes) {
  const std::optional<std::vector<std::string>> own = PurposesIn(issuer);
  return !own || std::all_of(purposes.begin(), purposes.end(), [&](const std::string& purpose) {
    return std::find(own->begin(), own->end(), purpose) != own->end();
  });
}

absl::Status CheckIssuer(const CertificateChain& path, size_t i, const std::vector<std::string>& purposes,
                         absl::string_view state) {
  const Certificate& issuer = path[i];
  if (!IsAuthority(issuer)) return Refused(kCertBadIssuer, "an issuer is no authority");
  if ((KeyUsageIn(issuer) & KU_KEY_CERT_SIGN) == 0) {
    return Refused(kCertBadKeyUsage, "an issuer's key usage does not allow it to sign certificates");
  }
  const long path_length = X509_get_pathlen(issuer.native());
  if (path_length >= 0 && AuthoritiesBelow(path, i) > path_length) {
    return Refused(kCertPathTooLong, "there are more authorities below an issuer than its path length allows");
  }
  if (!Serves(issuer, purposes)) {
    return Refused(kCertBadPurpose, "an issuer's extended key usage does not have the certificate's");
  }
  if (X509_get0_subject_key_id(issuer.native()) == nullptr) {
    return Refused(kCertBadExtension, "an issuer has no subject key identifier");
  }
  if (state.empty()) return absl::OkStatus();
  for (const std::string& named : StatesNamedBy(issuer)) {
    if (named == state) continue;
    return Refused(kCertWrongState, absl::StrCat("an issuer of a certificate of ", state, " names ", named));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckIssuers(const CertificateChain& path, const std::vector<std::string>& purposes,
                          absl::string_view state) {
  for (size_t i = 1; i < path.size(); ++i) RETURN_IF_ERROR(CheckIssuer(path, i, purposes, state));
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (X509_get0_authority_key_id(path[i].native()) == nullptr) {
      return Refused(kCertBadExtension, "a certificate has no authority key identifier");
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::certs
