// The enrolment service on gRPC. Callers need no certificate for the handshake; who has shown one is asked here.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "certs/trust_store.h"
#include "grpcpp/grpcpp.h"
#include "node/authority/registrar.h"
#include "node/base/clock.h"
#include "node/base/refusal_log.h"
#include "node/base/worker_pool.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::authority {

// Thread-safe. Every call is logged; those of strangers that are refused once a second for each reason.
class EnrolmentRpc final : public v1::EnrolmentService::CallbackService {
 public:
  // `trust` is the State's own roots. All outlive the service.
  EnrolmentRpc(Registrar& registrar, const certs::TrustStore& trust, const Clock& clock, WorkerPool& workers,
               std::string operators_agency)
      : registrar_(registrar),
        trust_(trust),
        clock_(clock),
        workers_(workers),
        refusals_(clock),
        operators_agency_(std::move(operators_agency)) {}

  grpc::ServerUnaryReactor* Enrol(grpc::CallbackServerContext* context, const v1::EnrolRequest* request,
                                  v1::EnrolResponse* response) override;
  grpc::ServerUnaryReactor* GetRevocations(grpc::CallbackServerContext* context,
                                           const v1::GetRevocationsRequest* request,
                                           v1::GetRevocationsResponse* response) override;
  grpc::ServerUnaryReactor* CreateJoinToken(grpc::CallbackServerContext* context,
                                            const v1::CreateJoinTokenRequest* request,
                                            v1::CreateJoinTokenResponse* response) override;
  grpc::ServerUnaryReactor* RevokeCertificates(grpc::CallbackServerContext* context,
                                               const v1::RevokeCertificatesRequest* request,
                                               v1::RevokeCertificatesResponse* response) override;

 private:
  // Whom the caller's certificate shows; the verifier's refusal, or CERT_MISSING, otherwise.
  using Caller = absl::StatusOr<Shown>;
  using Work = std::function<absl::Status(const Caller& caller)>;

  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, absl::string_view method, Work work);
  void LogCall(absl::string_view method, const Caller& caller, const absl::Status& status);
  Caller Identify(const grpc::ServerContextBase& context) const;
  absl::Status CheckOperator(const Caller& caller) const;
  // Whose seal signed the request, if it is of the caller's agency.
  absl::StatusOr<Shown> IdentifySeal(const v1::EnrolRequest& request, const Shown& caller) const;

  Registrar& registrar_;
  const certs::TrustStore& trust_;
  const Clock& clock_;
  WorkerPool& workers_;
  RefusalLog refusals_;  // of strangers
  const std::string operators_agency_;
};

}  // namespace tamga::authority
