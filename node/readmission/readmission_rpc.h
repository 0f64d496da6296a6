// The readmission service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/readmission/case_lists.h"
#include "node/readmission/case_watch.h"
#include "node/readmission/readmission_desk.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::readmission {

// Thread-safe.
class ReadmissionRpc final : public v1::ReadmissionService::CallbackService {
 public:
  // All references outlive the service.
  ReadmissionRpc(const exchange::RpcContext& rpc, ReadmissionDesk& desk, const CaseLists& lists, CaseWatches& watches)
      : rpc_(rpc), desk_(desk), lists_(lists), watches_(watches) {}

  grpc::ServerUnaryReactor* SubmitReadmission(grpc::CallbackServerContext* context,
                                              const v1::SubmitReadmissionRequest* request,
                                              v1::SubmitReadmissionResponse* response) override;
  grpc::ServerUnaryReactor* ActOnReadmissionCase(grpc::CallbackServerContext* context,
                                                 const v1::ActOnReadmissionCaseRequest* request,
                                                 v1::ActOnReadmissionCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetReadmissionCase(grpc::CallbackServerContext* context,
                                               const v1::GetReadmissionCaseRequest* request,
                                               v1::GetReadmissionCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListReadmissionCases(grpc::CallbackServerContext* context,
                                                 const v1::ListReadmissionCasesRequest* request,
                                                 v1::ListReadmissionCasesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchReadmissionCasesResponse>* WatchReadmissionCases(
      grpc::CallbackServerContext* context, const v1::WatchReadmissionCasesRequest* request) override;
  grpc::ServerUnaryReactor* PrintReadmissionForm(grpc::CallbackServerContext* context,
                                                 const v1::PrintReadmissionFormRequest* request,
                                                 v1::PrintReadmissionFormResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  ReadmissionDesk& desk_;
  const CaseLists& lists_;
  CaseWatches& watches_;
};

}  // namespace tamga::readmission
