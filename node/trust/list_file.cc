#include "node/trust/list_file.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/certificate_form.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::trust {
namespace {

// The issuer in front; those who issued it, as far as they are at hand, behind it. Roots are left out above it.
certs::CertificateChain ChainFrom(const certs::Certificate& issuer, const certs::CertificateChain& others) {
  certs::CertificateChain chain = {issuer};
  while (!certs::IsSelfIssued(chain.back()) && chain.size() < 4) {
    const auto issued_last = [&](const certs::Certificate& other) {
      return !certs::IsSelfIssued(other) && X509_check_issued(other.native(), chain.back().native()) == X509_V_OK;
    };
    const auto above = std::find_if(others.begin(), others.end(), issued_last);
    if (above == others.end()) break;
    chain.push_back(*above);
  }
  return chain;
}

}  // namespace

absl::StatusOr<std::vector<RevocationList>> ReadListFile(absl::string_view state, absl::string_view pem,
                                                         const certs::CertificateChain& known) {
  // Two texts of one label each, for the strict reader; whatever stands outside the blocks of certificates is its
  // matter.
  std::string certificates;
  std::string crls;
  bool in_certificate = false;
  for (const absl::string_view line : absl::StrSplit(pem, '\n')) {
    in_certificate = in_certificate || absl::StartsWith(line, "-----BEGIN CERTIFICATE-----");
    absl::StrAppend(in_certificate ? &certificates : &crls, line, "\n");
    if (absl::StartsWith(line, "-----END ")) in_certificate = false;
  }
  certs::CertificateChain issuers;
  if (!certificates.empty()) {
    ASSIGN_OR_RETURN(issuers, certs::ParsePemChain(certificates));
  }
  issuers.insert(issuers.end(), known.begin(), known.end());
  ASSIGN_OR_RETURN(const std::vector<std::string> blocks, certs::ParsePem(crls, "X509 CRL"));
  std::vector<RevocationList> lists;
  for (const std::string& der : blocks) {
    ASSIGN_OR_RETURN(certs::Crl list, certs::Crl::FromDer(der));
    const auto issuer = std::find_if(issuers.begin(), issuers.end(), [&](const certs::Certificate& certificate) {
      return list.IsSignedBy(certificate);
    });
    if (issuer == issuers.end()) {
      return certs::Refused(certs::kRevocationUntrusted,
                            "holds a list but not the certificate of its issuer; put that into the file as well");
    }
    lists.push_back(RevocationList{std::string(state), std::move(list), ChainFrom(*issuer, issuers)});
  }
  return lists;
}

}  // namespace tamga::trust
