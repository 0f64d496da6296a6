// The trust service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/trust/revocation_book.h"
#include "node/trust/trust_keeper.h"
#include "tamga/v1/trust_service.grpc.pb.h"

namespace tamga::trust {

// Thread-safe.
class TrustRpc final : public v1::TrustService::CallbackService {
 public:
  // `list_rpc` is for lists; it lets in callers for whose certificates there is no current one (certs::OldLists). All
  // references outlive the service.
  TrustRpc(const exchange::RpcContext& list_rpc, const exchange::RpcContext& agency_rpc, TrustKeeper& keeper,
           const RevocationBook& book)
      : list_rpc_(list_rpc), agency_rpc_(agency_rpc), keeper_(keeper), book_(book) {}

  grpc::ServerUnaryReactor* PushRevocations(grpc::CallbackServerContext* context,
                                            const v1::PushRevocationsRequest* request,
                                            v1::PushRevocationsResponse* response) override;
  grpc::ServerUnaryReactor* FetchRevocations(grpc::CallbackServerContext* context,
                                             const v1::FetchRevocationsRequest* request,
                                             v1::FetchRevocationsResponse* response) override;
  grpc::ServerUnaryReactor* GetTrust(grpc::CallbackServerContext* context, const v1::GetTrustRequest* request,
                                     v1::GetTrustResponse* response) override;

 private:
  const exchange::RpcContext& list_rpc_;
  const exchange::RpcContext& agency_rpc_;
  TrustKeeper& keeper_;
  const RevocationBook& book_;
};

// What a partner brings is taken; a list that is no list is refused like one that cannot be believed. InvalidArgument
// for more than 64.
absl::StatusOr<v1::PushRevocationsResponse> TakePushed(TrustKeeper& keeper, const v1::PushRevocationsRequest& request,
                                                       const std::string& from);
// What a caller lacks.
v1::FetchRevocationsResponse AnswerFetch(const RevocationBook& book, const v1::FetchRevocationsRequest& request);

}  // namespace tamga::trust
