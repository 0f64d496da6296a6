#include "node/trust/revocation_list.h"

#include <utility>

#include "certs/authority_path.h"
#include "certs/refusal.h"
#include "certs/trust_domain.h"
#include "node/base/status_macros.h"

namespace tamga::trust {
namespace {

constexpr int kLongestChain = 4;

}  // namespace

absl::StatusOr<RevocationList> ParseRevocationList(const v1::RevocationList& list) {
  if (!certs::IsStateCode(list.state())) {
    return certs::Refused(certs::kRevocationMalformed, "the list's state is no ISO 3166 alpha-3 code");
  }
  if (list.crl().size() > kMostListBytes) {
    return certs::Refused(certs::kRevocationMalformed, "the list is larger than 512 KiB");
  }
  if (list.issuer_chain().empty() || list.issuer_chain_size() > kLongestChain) {
    return certs::Refused(certs::kRevocationMalformed, "a list needs its issuer's certificate, and at most 3 others");
  }
  ASSIGN_OR_RETURN(certs::Crl crl, certs::Crl::FromDer(list.crl()));
  certs::CertificateChain chain;
  for (const std::string& der : list.issuer_chain()) {
    ASSIGN_OR_RETURN(certs::Certificate certificate, certs::Certificate::FromDer(der));
    chain.push_back(std::move(certificate));
  }
  return RevocationList{list.state(), std::move(crl), std::move(chain)};
}

v1::RevocationList ToProto(const RevocationList& list) {
  v1::RevocationList message;
  message.set_state(list.state);
  message.set_crl(list.list.Der());
  for (const certs::Certificate& certificate : list.chain) message.add_issuer_chain(certificate.Der());
  return message;
}

absl::Status VerifyRevocationList(const RevocationList& list, const certs::CertificateChain& roots, absl::Time now,
                                  absl::Duration skew) {
  if (roots.empty()) return certs::Refused(certs::kCertUnknownState, "there is no trust bundle of the list's State");
  const certs::CertificateChain others(list.chain.begin() + 1, list.chain.end());
  RETURN_IF_ERROR(certs::VerifyAuthority(roots, others, list.chain.front(), list.state, now, skew).status());
  if (!list.list.IsSignedBy(list.chain.front())) {
    return certs::Refused(certs::kRevocationUntrusted, "the list is not signed by the issuer that came with it");
  }
  if (now + skew < list.list.ThisUpdate()) {
    return certs::Refused(certs::kRevocationFuture, "the list is of a time to come");
  }
  return absl::OkStatus();
}

}  // namespace tamga::trust
