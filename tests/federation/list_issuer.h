// Revocation lists of a federation's State, in the hands of a test.
#pragma once

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/pem.h"
#include "certs/test_crl.h"
#include "tamga/v1/trust_service.pb.h"

namespace tamga::testing {

class ListIssuer {
 public:
  explicit ListIssuer(const certs::StateAuthority& authority)
      : state_(authority.state()), files_(authority.Save().value()) {}

  // A file with the newest lists: the root's, which revokes nothing, and that of the issuing authority.
  std::string Pem(long number, const std::vector<certs::Certificate>& revoked = {}) const {
    return certs::WritePem("X509 CRL", RootList(number)) + certs::WritePem("X509 CRL", IssuingList(number, revoked)) +
           files_.issuing_pem;
  }
  // The same for PushRevocations.
  std::vector<v1::RevocationList> Lists(long number, const std::vector<certs::Certificate>& revoked = {}) const {
    return {Message(RootList(number), files_.root_pem), Message(IssuingList(number, revoked), files_.issuing_pem)};
  }

 private:
  static std::string Issue(long number, const std::vector<certs::Certificate>& revoked, const std::string& pem,
                           const std::string& key_pem) {
    const certs::Issued issuer = {certs::ParsePemChain(pem)->front(), certs::ParsePrivateKeyPem(key_pem).value()};
    certs::CrlOptions options;
    options.revoked = revoked;
    options.number = number;
    options.this_update = absl::Now() - absl::Minutes(1);
    options.next_update = absl::Now() + absl::Hours(24);
    return certs::IssueCrlDer(options, issuer);
  }
  std::string RootList(long number) const { return Issue(number, {}, files_.root_pem, files_.root_key_pem); }
  std::string IssuingList(long number, const std::vector<certs::Certificate>& revoked) const {
    return Issue(number, revoked, files_.issuing_pem, files_.issuing_key_pem);
  }
  v1::RevocationList Message(const std::string& der, const std::string& issuer_pem) const {
    v1::RevocationList list;
    list.set_state(state_);
    list.set_crl(der);
    list.add_issuer_chain(certs::ParsePemChain(issuer_pem)->front().Der());
    return list;
  }

  const std::string state_;
  const certs::StateAuthority::Files files_;
};

}  // namespace tamga::testing
