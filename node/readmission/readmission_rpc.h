// The readmission service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/readmission/readmission_desk.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::readmission {

// Thread-safe.
class ReadmissionRpc final : public v1::ReadmissionService::CallbackService {
 public:
  // Both references outlive the service.
  ReadmissionRpc(const exchange::RpcContext& rpc, ReadmissionDesk& desk) : rpc_(rpc), desk_(desk) {}

  grpc::ServerUnaryReactor* SubmitReadmission(grpc::CallbackServerContext* context,
                                              const v1::SubmitReadmissionRequest* request,
                                              v1::SubmitReadmissionResponse* response) override;
  grpc::ServerUnaryReactor* ReplyToReadmission(grpc::CallbackServerContext* context,
                                               const v1::ReplyToReadmissionRequest* request,
                                               v1::ReplyToReadmissionResponse* response) override;
  grpc::ServerUnaryReactor* GetReadmissionCase(grpc::CallbackServerContext* context,
                                               const v1::GetReadmissionCaseRequest* request,
                                               v1::GetReadmissionCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListReadmissionCases(grpc::CallbackServerContext* context,
                                                 const v1::ListReadmissionCasesRequest* request,
                                                 v1::ListReadmissionCasesResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  ReadmissionDesk& desk_;
};

}  // namespace tamga::readmission
