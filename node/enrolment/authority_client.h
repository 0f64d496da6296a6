// The way to a State's issuing authority, and the check of what it issues.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/crl.h"
#include "certs/csr.h"
#include "certs/trust_store.h"
#include "grpcpp/channel.h"
#include "node/base/clock.h"
#include "node/exchange/tls.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::enrolment {

// As whom the issuing authority of "KAZ" answers: the node of "KAZ/issuing-authority".
std::string AuthorityAgencyOf(absl::string_view state);

struct AuthorityEndpoint {
  std::string address;  // host:port
  std::string state;    // whose authority has to answer there
};

// A connection for one attempt. Without `current` no certificate is shown. `clock` outlives the channel.
std::shared_ptr<grpc::Channel> ConnectAuthority(const AuthorityEndpoint& authority,
                                                std::shared_ptr<const certs::TrustStore> trust, const Clock& clock,
                                                const std::optional<exchange::TlsIdentity>& current);

// The chain, PEM, that the authority gives for the request (DER), by the token (32 bytes) or, if that is empty, by the
// certificate that the channel shows; not checked yet. Unavailable or DeadlineExceeded if nobody answered, any other
// error is the authority's.
absl::StatusOr<std::string> AskForCertificate(const std::shared_ptr<grpc::Channel>& channel, absl::string_view csr,
                                              absl::string_view token, absl::Duration timeout);

// The same for the seal of the caller's own agency, by its signature over `csr` (see EnrolRequest.current_seal).
absl::StatusOr<std::string> AskForSealCertificate(const std::shared_ptr<grpc::Channel>& channel, absl::string_view csr,
                                                  const v1::Signature& current_seal, absl::Duration timeout);

// The authority's newest revocation list, which only its signature vouches for (see certs::Revocations).
absl::StatusOr<certs::Crl> FetchRevocations(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout);

// OK if the chain is for the key and the principal that the request named, and the State's roots vouch for it now.
absl::Status CheckIssued(absl::string_view chain_pem, const certs::Csr& request, const certs::TrustStore& trust,
                         absl::Time now);

}  // namespace tamga::enrolment
