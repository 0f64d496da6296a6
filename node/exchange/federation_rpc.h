// The door as an RPC: sealed messages of partner nodes.
#pragma once

#include "node/exchange/answering_door.h"
#include "node/exchange/rpc.h"
#include "node/exchange/transfer_handler.h"
#include "tamga/v1/federation_service.grpc.pb.h"

namespace tamga::exchange {

class FederationRpc final : public v1::FederationService::CallbackService {
 public:
  // All outlive the server. Without `transfers` no bytes are taken beside sealed messages (UNIMPLEMENTED).
  FederationRpc(const RpcContext& rpc, AnsweringDoor& door, TransferHandler* transfers = nullptr)
      : rpc_(rpc), door_(door), transfers_(transfers) {}

  grpc::ServerUnaryReactor* Exchange(grpc::CallbackServerContext* context, const v1::SealedMessage* request,
                                     v1::SealedMessage* reply) override;
  grpc::ServerBidiReactor<v1::SealedMessage, v1::SealedMessage>* ExchangeStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerReadReactor<v1::AttachmentChunk>* TransferAttachment(grpc::CallbackServerContext* context,
                                                                   v1::AttachmentTransferred* response) override;

 private:
  const RpcContext& rpc_;
  AnsweringDoor& door_;
  TransferHandler* const transfers_;
};

}  // namespace tamga::exchange
