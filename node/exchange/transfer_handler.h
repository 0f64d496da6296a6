// Who takes the bytes that partners' nodes send beside their sealed messages.
#pragma once

#include "grpcpp/support/server_callback.h"
#include "tamga/v1/attachment.pb.h"

namespace tamga::exchange {

// Thread-safe.
class TransferHandler {
 public:
  virtual ~TransferHandler() = default;
  // Serves FederationService.TransferAttachment: admits the caller itself. `response` lives as long as the call.
  virtual grpc::ServerReadReactor<v1::AttachmentChunk>* Transfer(grpc::CallbackServerContext* context,
                                                                 v1::AttachmentTransferred* response) = 0;
};

}  // namespace tamga::exchange
