#include "node/authority/enrolment_rpc.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/csr.h"
#include "certs/p256.h"
#include "certs/purposes.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "certs/signer.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/tls.h"

namespace tamga::authority {
namespace {

std::string Property(const grpc::AuthContext& auth, const char* name) {
  const std::vector<grpc::string_ref> values = auth.FindPropertyValues(name);
  return values.empty() ? "" : std::string(values.front().data(), values.front().size());
}

// The path has an issuer: no root is a principal.
Shown ShownOf(certs::Vouched vouched) {
  std::string serial = vouched.path.front().SerialHex();
  return {std::move(vouched.principal), std::move(serial), std::move(vouched.path)};
}

}  // namespace

void EnrolmentRpc::LogCall(absl::string_view method, const Caller& caller, const absl::Status& status) {
  const std::string who = caller.ok() ? caller->principal.SpiffeId() : "";
  if (status.ok()) {
    Log(Severity::kInfo, "call served", {{"method", method}, {"caller", who}});
  } else if (caller.ok()) {
    Log(Severity::kWarning, "call refused",
        {{"method", method}, {"caller", who}, {"reason", ReasonOf(status)}, {"detail", std::string(status.message())}});
  } else {
    refusals_.Add("call refused", status);
  }
}

EnrolmentRpc::Caller EnrolmentRpc::Identify(const grpc::ServerContextBase& context) const {
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  const std::string leaf = auth == nullptr ? "" : Property(*auth, "x509_pem_cert");
  if (leaf.empty()) return certs::Refused(certs::kCertMissing, "the caller showed no client certificate");
  ASSIGN_OR_RETURN(certs::Vouched vouched, exchange::IdentifyPeer(trust_, leaf, Property(*auth, "x509_pem_cert_chain"),
                                                                  certs::Usage::kTlsClient, clock_.Now()));
  return ShownOf(std::move(vouched));
}

grpc::ServerUnaryReactor* EnrolmentRpc::Serve(grpc::CallbackServerContext* context, absl::string_view method,
                                              Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status started =
      workers_.Run([this, context, reactor, method = std::string(method), work = std::move(work)] {
        const Caller caller = Identify(*context);
        const absl::Status done = work(caller);
        LogCall(method, caller, done);
        reactor->Finish(exchange::ToGrpc(done));
      });
  if (!started.ok()) reactor->Finish(exchange::ToGrpc(started));
  return reactor;
}

absl::Status EnrolmentRpc::CheckOperator(const Caller& caller) const {
  RETURN_IF_ERROR(caller.status());
  const certs::Principal& principal = caller->principal;
  if (principal.agency != operators_agency_ || principal.role != certs::Role::kOperator) {
    return Error(
        absl::StatusCode::kPermissionDenied, "WRONG_ROLE",
        absl::StrCat("this is for operators of ", operators_agency_, "; the certificate says ", principal.SpiffeId()));
  }
  return registrar_.CheckGood(*caller);
}

absl::StatusOr<Shown> EnrolmentRpc::IdentifySeal(const v1::EnrolRequest& request, const Shown& caller) const {
  const v1::Signature& signature = request.current_seal();
  certs::CertificateChain chain;
  for (const std::string& der : signature.certificate_chain()) {
    ASSIGN_OR_RETURN(certs::Certificate certificate, certs::Certificate::FromDer(der));
    chain.push_back(std::move(certificate));
  }
  ASSIGN_OR_RETURN(certs::Vouched vouched, trust_.Vouch(chain, certs::Usage::kSeal, clock_.Now()));
  if (signature.algorithm() != certs::kEcdsaP256Sha256) {
    return certs::Refused(certs::kSealMissing, "the seal's algorithm must be ecdsa-p256-sha256");
  }
  ASSIGN_OR_RETURN(const certs::P256PublicKey key, certs::P256PublicKey::FromSpki(chain.front().Spki()));
  RETURN_IF_ERROR(key.Verify(certs::PreAuthEncode(certs::kCertificateRequestType, request.certificate_request()),
                             signature.value()));
  if (caller.principal.role != certs::Role::kNode || caller.principal.agency != vouched.principal.agency) {
    return Error(absl::StatusCode::kPermissionDenied, "WRONG_IDENTITY",
                 absl::StrCat("the seal of ", vouched.principal.agency,
                              " is renewed through that agency's node, not through ", caller.principal.SpiffeId()));
  }
  RETURN_IF_ERROR(registrar_.CheckGood(caller));
  return ShownOf(std::move(vouched));
}

grpc::ServerUnaryReactor* EnrolmentRpc::Enrol(grpc::CallbackServerContext* context, const v1::EnrolRequest* request,
                                              v1::EnrolResponse* response) {
  return Serve(context, "EnrolmentService.Enrol", [=, this](const Caller& caller) -> absl::Status {
    if (!request->join_token().empty()) {
      ASSIGN_OR_RETURN(*response->mutable_certificate_chain(),
                       registrar_.EnrolByToken(request->certificate_request(), request->join_token()));
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(caller.status());
    Shown renewed = *caller;
    if (request->has_current_seal()) {
      ASSIGN_OR_RETURN(renewed, IdentifySeal(*request, *caller));
    }
    ASSIGN_OR_RETURN(*response->mutable_certificate_chain(), registrar_.Renew(request->certificate_request(), renewed));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EnrolmentRpc::GetRevocations(grpc::CallbackServerContext* context,
                                                       const v1::GetRevocationsRequest* /*request*/,
                                                       v1::GetRevocationsResponse* response) {
  return Serve(context, "EnrolmentService.GetRevocations", [=, this](const Caller&) -> absl::Status {
    response->set_revocation_list(registrar_.NewestRevocations());
    // There is always one but where a clock that is not believed has kept the first from being signed.
    return response->revocation_list().empty() ? registrar_.CheckClock() : absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EnrolmentRpc::CreateJoinToken(grpc::CallbackServerContext* context,
                                                        const v1::CreateJoinTokenRequest* request,
                                                        v1::CreateJoinTokenResponse* response) {
  return Serve(context, "EnrolmentService.CreateJoinToken", [=, this](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckOperator(caller));
    const absl::Duration valid_for =
        request->valid_for_s() == 0 ? kUsualTokenLife : absl::Seconds(request->valid_for_s());
    ASSIGN_OR_RETURN(JoinToken token, registrar_.CreateToken(request->spiffe_id(), valid_for));
    Log(Severity::kInfo, "join token made",
        {{"spiffe_id", request->spiffe_id()},
         {"by", caller->principal.SpiffeId()},
         {"expires_at", UtcText(token.expires_at)}});
    response->set_join_token(std::move(token.secret));
    *response->mutable_expires_at() = ToProto(token.expires_at);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EnrolmentRpc::RevokeCertificates(grpc::CallbackServerContext* context,
                                                           const v1::RevokeCertificatesRequest* request,
                                                           v1::RevokeCertificatesResponse* response) {
  return Serve(context, "EnrolmentService.RevokeCertificates", [=, this](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckOperator(caller));
    if (request->serial().empty() == request->key_sha256().empty()) {
      return InvalidField("serial", "or key_sha256 must be given, and not both");
    }
    if (request->not_issued_here() && request->serial().empty()) {
      return InvalidField("not_issued_here", "goes with serial; nobody here knows whose a key is");
    }
    ASSIGN_OR_RETURN(const Revoked revoked,
                     request->serial().empty()
                         ? registrar_.RevokeKey(request->key_sha256())
                         : registrar_.RevokeSerial(request->serial(), request->not_issued_here()));
    Log(Severity::kWarning, revoked.already ? "certificates were revoked before" : "certificates revoked",
        {{"serial", request->serial()},
         {"key", HexEncode(request->key_sha256())},
         {"by", caller->principal.SpiffeId()},
         {"revoked", revoked.count}});
    response->set_revoked(static_cast<uint32_t>(revoked.count));
    if (revoked.already) *response->mutable_revoked_since() = ToProto(*revoked.already);
    return absl::OkStatus();
  });
}

}  // namespace tamga::authority
