// TLS between nodes and with agency systems: version 1.3 only, client certificates required, no session resumption.
// TLS proves that a peer has its certificate's key; whether it may be believed our verifier alone decides, on every
// handshake, against the roots of the State that it names: gRPC's one store of roots would have all States' roots
// vouch for any name, tell strangers what these are, and keep those of the start. That there is a current revocation
// list is asked with every call alone (see TlsPeerIdentity, PartnerCertificates), so that nodes can talk about lists
// when theirs are old.
#pragma once

#include <memory>
#include <string>

#include "certs/current_trust.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "node/base/clock.h"
#include "node/exchange/partner_certificates.h"
#include "node/exchange/tls_identity.h"

namespace tamga::exchange {

// Where credentials find what to show, now and later (see tls_material.h).
using IdentityProvider = grpc::experimental::CertificateProviderInterface;

// Sets the process's OpenSSL to TLS 1.3 without tickets, and to little work with clients' certificates, which it is not
// to judge; gRPC 1.51 has no option for either. Call once, before any credentials are made. FailedPrecondition if
// OpenSSL refuses.
absl::Status RestrictOpenSslToTls13();

// `trust` and `clock` outlive the credentials' last use.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsIdentity& identity,
                                                               const certs::CurrentTrust& trust, const Clock& clock);
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(std::shared_ptr<IdentityProvider> identity,
                                                               const certs::CurrentTrust& trust, const Clock& clock);

// Accepts only the node of `agency` on the other side. What it shows in each handshake goes into `shown`, which is null
// or outlives the credentials' last use. A provider has to have roots as well, whichever.
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const TlsIdentity& identity,
                                                                 const certs::CurrentTrust& trust, const Clock& clock,
                                                                 const std::string& agency,
                                                                 PartnerCertificates* shown = nullptr);
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(std::shared_ptr<IdentityProvider> identity,
                                                                 const certs::CurrentTrust& trust, const Clock& clock,
                                                                 const std::string& agency,
                                                                 PartnerCertificates* shown = nullptr);

// Who a peer is and until when, from the PEM of its certificate and of the rest of its chain.
absl::StatusOr<certs::Vouched> IdentifyPeer(const certs::TrustStore& trust, absl::string_view certificate_pem,
                                            absl::string_view chain_pem, certs::Usage usage, absl::Time now,
                                            certs::OldLists old_lists = certs::OldLists::kRefused);

}  // namespace tamga::exchange
