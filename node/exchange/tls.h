// TLS between nodes and with agency systems: version 1.3 only, client certificates required, no session resumption.
// gRPC checks that a chain leads to some State's root; who the peer is, our verifier decides, against that State's
// roots alone, on every handshake.
#pragma once

#include <memory>
#include <string>

#include "certs/current_trust.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "node/base/clock.h"

namespace tamga::exchange {

// A certificate chain (leaf first) and its key, both PEM.
struct TlsIdentity {
  std::string chain_pem;
  std::string key_pem;
};

// Sets the process's OpenSSL to TLS 1.3 without tickets; gRPC 1.51 has no option for it. Call once, before any
// credentials are made. FailedPrecondition if OpenSSL refuses.
absl::Status RestrictOpenSslToTls13();

// `trust` and `clock` outlive the credentials' last use.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsIdentity& identity,
                                                               const certs::CurrentTrust& trust, const Clock& clock);

// Accepts only the node of `agency` on the other side.
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const TlsIdentity& identity,
                                                                 const certs::CurrentTrust& trust, const Clock& clock,
                                                                 const std::string& agency);

// Who a peer is and until when, from the PEM of its certificate and of the rest of its chain.
absl::StatusOr<certs::Vouched> IdentifyPeer(const certs::TrustStore& trust, absl::string_view certificate_pem,
                                            absl::string_view chain_pem, certs::Usage usage, absl::Time now);

}  // namespace tamga::exchange
