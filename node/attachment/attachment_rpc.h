// Attachments on gRPC: for the own agency's callers, and for partners' nodes.
#pragma once

#include "node/attachment/attachments.h"
#include "node/base/worker_pool.h"
#include "node/exchange/rpc.h"
#include "node/exchange/transfer_handler.h"
#include "tamga/v1/attachment_service.grpc.pb.h"

namespace tamga::attachment {

// Where calls are worked on. All outlive the services.
struct AttachmentWork {
  const exchange::RpcContext& calls;
  const exchange::RpcContext& streams;  // its places say how many calls may bring or fetch bytes at once
  WorkerPool& lookers;                  // hash and scan what has come; a slow scanner takes these alone
};

// Thread-safe.
class AttachmentRpc final : public v1::AttachmentService::CallbackService {
 public:
  AttachmentRpc(AttachmentWork work, Attachments& attachments) : work_(work), attachments_(attachments) {}

  grpc::ServerUnaryReactor* QueryUpload(grpc::CallbackServerContext* context, const v1::QueryUploadRequest* request,
                                        v1::QueryUploadResponse* response) override;
  grpc::ServerReadReactor<v1::UploadAttachmentRequest>* UploadAttachment(
      grpc::CallbackServerContext* context, v1::UploadAttachmentResponse* response) override;
  grpc::ServerUnaryReactor* SendAttachment(grpc::CallbackServerContext* context,
                                           const v1::SendAttachmentRequest* request,
                                           v1::SendAttachmentResponse* response) override;
  grpc::ServerWriteReactor<v1::GetAttachmentResponse>* GetAttachment(grpc::CallbackServerContext* context,
                                                                     const v1::GetAttachmentRequest* request) override;
  grpc::ServerUnaryReactor* ListAttachments(grpc::CallbackServerContext* context,
                                            const v1::ListAttachmentsRequest* request,
                                            v1::ListAttachmentsResponse* response) override;

 private:
  const AttachmentWork work_;
  Attachments& attachments_;
};

// Thread-safe.
class TransferRpc final : public exchange::TransferHandler {
 public:
  TransferRpc(AttachmentWork work, Attachments& attachments) : work_(work), attachments_(attachments) {}

  grpc::ServerReadReactor<v1::AttachmentChunk>* Transfer(grpc::CallbackServerContext* context,
                                                         v1::AttachmentTransferred* response) override;

 private:
  const AttachmentWork work_;
  Attachments& attachments_;
};

}  // namespace tamga::attachment
