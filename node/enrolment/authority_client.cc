#include "node/enrolment/authority_client.h"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/peer_stub.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::enrolment {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::StaticDataCertificateProvider;
using grpc::experimental::TlsCustomVerificationCheckRequest;

constexpr int kMaxMessageBytes = 4 << 20;  // of revocation lists

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// Believes the authority alone, on every handshake.
class AuthorityVerifier final : public ExternalCertificateVerifier {
 public:
  AuthorityVerifier(std::shared_ptr<const certs::TrustStore> trust, const Clock& clock, std::string agency)
      : trust_(std::move(trust)), clock_(clock), agency_(std::move(agency)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)> /*callback*/,
              grpc::Status* sync_status) override {
    *sync_status = exchange::ToGrpc(Check(*request));
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  absl::Status Check(const TlsCustomVerificationCheckRequest& request) const {
    ASSIGN_OR_RETURN(const certs::Vouched vouched,
                     exchange::IdentifyPeer(*trust_, View(request.peer_cert()), View(request.peer_cert_full_chain()),
                                            certs::Usage::kTlsServer, clock_.Now()));
    if (vouched.principal.agency == agency_) return absl::OkStatus();
    return Error(absl::StatusCode::kUnauthenticated, "WRONG_PEER",
                 absl::StrCat("expected ", agency_, " but ", vouched.principal.SpiffeId(), " answered"));
  }

  const std::shared_ptr<const certs::TrustStore> trust_;
  const Clock& clock_;
  const std::string agency_;
};

absl::StatusOr<std::string> Ask(const std::shared_ptr<grpc::Channel>& channel, const v1::EnrolRequest& request,
                                absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  v1::EnrolResponse response;
  const absl::Status status =
      exchange::FromGrpc(v1::EnrolmentService::NewStub(channel)->Enrol(&context, request, &response));
  if (!status.ok()) return status;
  return response.certificate_chain();
}

}  // namespace

std::string AuthorityAgencyOf(absl::string_view state) { return absl::StrCat(state, "/issuing-authority"); }

std::shared_ptr<grpc::Channel> ConnectAuthority(const AuthorityEndpoint& authority,
                                                std::shared_ptr<const certs::TrustStore> trust, const Clock& clock,
                                                const std::optional<exchange::TlsIdentity>& current) {
  std::vector<grpc::experimental::IdentityKeyCertPair> identities;
  if (current) identities.push_back({current->key_pem, current->chain_pem});
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<StaticDataCertificateProvider>(trust->AllRootsPem(), identities));
  options.watch_root_certs();
  if (current) options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<AuthorityVerifier>(
      std::move(trust), clock, AuthorityAgencyOf(authority.state)));
  options.set_check_call_host(false);  // the verifier checks the SPIFFE id, not the host name
  return grpc::CreateCustomChannel(authority.address, grpc::experimental::TlsCredentials(options),
                                   exchange::NodeChannelArguments(kMaxMessageBytes));
}

absl::StatusOr<std::string> AskForCertificate(const std::shared_ptr<grpc::Channel>& channel, absl::string_view csr,
                                              absl::string_view token, absl::Duration timeout) {
  v1::EnrolRequest request;
  request.set_certificate_request(std::string(csr));
  request.set_join_token(std::string(token));
  return Ask(channel, request, timeout);
}

absl::StatusOr<std::string> AskForSealCertificate(const std::shared_ptr<grpc::Channel>& channel, absl::string_view csr,
                                                  const v1::Signature& current_seal, absl::Duration timeout) {
  v1::EnrolRequest request;
  request.set_certificate_request(std::string(csr));
  *request.mutable_current_seal() = current_seal;
  return Ask(channel, request, timeout);
}

absl::StatusOr<certs::Crl> FetchRevocations(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  v1::GetRevocationsResponse response;
  const absl::Status status =
      exchange::FromGrpc(v1::EnrolmentService::NewStub(channel)->GetRevocations(&context, {}, &response));
  if (!status.ok()) return status;
  return certs::Crl::FromDer(response.revocation_list());
}

absl::Status CheckIssued(absl::string_view chain_pem, const certs::Csr& request, const certs::TrustStore& trust,
                         absl::Time now) {
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(chain_pem));
  if (chain.front().SpkiSha256() != request.key_sha256()) {
    return absl::InternalError("the authority issued a certificate for another key");
  }
  std::vector<certs::Usage> usages;
  for (const certs::Usage usage : {certs::Usage::kTlsServer, certs::Usage::kTlsClient, certs::Usage::kSeal}) {
    if (certs::Fits(request.principal().role, usage)) usages.push_back(usage);
  }
  for (const certs::Usage usage : usages) {
    ASSIGN_OR_RETURN(const certs::Principal named, trust.Verify(chain, usage, now));
    if (named != request.principal()) {
      return absl::InternalError(absl::StrCat("the authority issued a certificate for ", named.SpiffeId()));
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::enrolment
