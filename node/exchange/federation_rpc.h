// The door as an RPC: sealed messages of partner nodes.
#pragma once

#include "node/exchange/answering_door.h"
#include "node/exchange/rpc.h"
#include "tamga/v1/federation_service.grpc.pb.h"

namespace tamga::exchange {

class FederationRpc final : public v1::FederationService::CallbackService {
 public:
  // Both outlive the server.
  FederationRpc(const RpcContext& rpc, AnsweringDoor& door) : rpc_(rpc), door_(door) {}

  grpc::ServerUnaryReactor* Exchange(grpc::CallbackServerContext* context, const v1::SealedMessage* request,
                                     v1::SealedMessage* reply) override;
  grpc::ServerBidiReactor<v1::SealedMessage, v1::SealedMessage>* ExchangeStream(
      grpc::CallbackServerContext* context) override;

 private:
  const RpcContext& rpc_;
  AnsweringDoor& door_;
};

}  // namespace tamga::exchange
