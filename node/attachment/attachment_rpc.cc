#include "node/attachment/attachment_rpc.h"

#include <memory>
#include <utility>

#include "node/attachment/inbound_stream.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::attachment {

using exchange::Call;
using exchange::ServeUnary;

namespace {

// The one reception of a call, from its first message on.
using Receiving = std::shared_ptr<std::unique_ptr<Reception>>;

absl::Status TakeUpload(Attachments& attachments, const Call& call, const v1::UploadAttachmentRequest& request,
                        std::unique_ptr<Reception>& reception) {
  const bool says_what = request.has_manifest() || request.has_context();
  if (reception == nullptr) {
    ASSIGN_OR_RETURN(reception, attachments.Upload(call, request.context(), request.manifest()));
  } else if (says_what) {
    return InvalidField("manifest", "belongs into the first message alone, as does context");
  }
  return request.data().empty() ? absl::OkStatus() : reception->Take(request.offset(), request.data());
}

absl::Status TakePiece(Attachments& attachments, const Call& call, const v1::AttachmentChunk& piece,
                       std::unique_ptr<Reception>& reception) {
  if (reception == nullptr) {
    ASSIGN_OR_RETURN(reception, attachments.Transfer(call.caller.agency, piece));
  }
  return reception->Take(piece.offset(), piece.data());
}

absl::Status CheckBegun(const std::unique_ptr<Reception>& reception) {
  if (reception != nullptr) return absl::OkStatus();
  return InvalidField("manifest", "is required, in a first message");
}

// Writes the bytes piece by piece: a reader that is slow, or does not read, holds no thread.
class OutboundStream final : public grpc::ServerWriteReactor<v1::GetAttachmentResponse> {
 public:
  OutboundStream(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context, Attachments& attachments,
                 const v1::GetAttachmentRequest& request)
      : rpc_(rpc), call_(Admit(rpc, *context, "AttachmentService.GetAttachment")) {
    const absl::Status begun = [&]() -> absl::Status {
      RETURN_IF_ERROR(call_.status());
      ASSIGN_OR_RETURN(place_, TakePlace(rpc, *call_));
      return RunOnWorker(rpc_, *call_, [this, &attachments, request] { Begin(attachments, request); });
    }();
    if (!begun.ok()) Finish(exchange::ToGrpc(begun));
  }

 private:
  void Begin(Attachments& attachments, const v1::GetAttachmentRequest& request) {
    absl::StatusOr<std::unique_ptr<Download>> download = attachments.Get(*call_, request);
    if (!download.ok()) return Finish(exchange::ToGrpc(download.status()));
    download_ = *std::move(download);
    *response_.mutable_attachment() = download_->attachment();
    response_.set_offset(request.offset());
    StartWrite(&response_);
  }
  void WriteNext() {
    response_.Clear();
    uint64_t offset = 0;
    if (const absl::Status good = CheckStillGood(*call_); !good.ok()) return Finish(exchange::ToGrpc(good));
    const absl::StatusOr<bool> found = download_->Next(&offset, response_.mutable_data());
    if (!found.ok()) return Finish(exchange::ToGrpc(found.status()));
    if (!*found) return Finish(grpc::Status::OK);
    response_.set_offset(offset);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    const absl::Status queued = RunOnWorker(rpc_, *call_, [this] { WriteNext(); });
    if (!queued.ok()) Finish(exchange::ToGrpc(queued));
  }
  void OnDone() override { delete this; }

  const exchange::RpcContext& rpc_;
  const absl::StatusOr<Call> call_;
  exchange::CallPlaces::Place place_;
  std::unique_ptr<Download> download_;
  v1::GetAttachmentResponse response_;
};

}  // namespace

grpc::ServerUnaryReactor* AttachmentRpc::QueryUpload(grpc::CallbackServerContext* context,
                                                     const v1::QueryUploadRequest* request,
                                                     v1::QueryUploadResponse* response) {
  return ServeUnary(work_.calls, context, "AttachmentService.QueryUpload", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, attachments_.Query(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<v1::UploadAttachmentRequest>* AttachmentRpc::UploadAttachment(
    grpc::CallbackServerContext* context, v1::UploadAttachmentResponse* response) {
  const auto receiving = std::make_shared<std::unique_ptr<Reception>>();
  return new InboundStream<v1::UploadAttachmentRequest>(
      work_.streams, work_.lookers, context, "AttachmentService.UploadAttachment",
      [this, receiving](const Call& call, const v1::UploadAttachmentRequest& request) {
        return TakeUpload(attachments_, call, request, *receiving);
      },
      [response, receiving](const Call&) -> absl::Status {
        RETURN_IF_ERROR(CheckBegun(*receiving));
        ASSIGN_OR_RETURN(*response->mutable_attachment(), (*receiving)->Finish());
        response->set_offset((*receiving)->offset());
        response->set_complete(response->attachment().state() != v1::ATTACHMENT_STATE_UNFINISHED);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AttachmentRpc::SendAttachment(grpc::CallbackServerContext* context,
                                                        const v1::SendAttachmentRequest* request,
                                                        v1::SendAttachmentResponse* response) {
  return ServeUnary(work_.calls, context, "AttachmentService.SendAttachment",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, attachments_.Send(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerWriteReactor<v1::GetAttachmentResponse>* AttachmentRpc::GetAttachment(
    grpc::CallbackServerContext* context, const v1::GetAttachmentRequest* request) {
  return new OutboundStream(work_.streams, context, attachments_, *request);
}

grpc::ServerUnaryReactor* AttachmentRpc::ListAttachments(grpc::CallbackServerContext* context,
                                                         const v1::ListAttachmentsRequest* request,
                                                         v1::ListAttachmentsResponse* response) {
  return ServeUnary(work_.calls, context, "AttachmentService.ListAttachments", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, attachments_.List(*request));
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<v1::AttachmentChunk>* TransferRpc::Transfer(grpc::CallbackServerContext* context,
                                                                    v1::AttachmentTransferred* response) {
  const auto receiving = std::make_shared<std::unique_ptr<Reception>>();
  return new InboundStream<v1::AttachmentChunk>(
      work_.streams, work_.lookers, context, "FederationService.TransferAttachment",
      [this, receiving](const Call& call, const v1::AttachmentChunk& piece) {
        return TakePiece(attachments_, call, piece, *receiving);
      },
      [response, receiving](const Call&) -> absl::Status {
        RETURN_IF_ERROR(CheckBegun(*receiving));
        ASSIGN_OR_RETURN(const v1::Attachment attachment, (*receiving)->Finish());
        response->set_offset((*receiving)->offset());
        response->set_complete(attachment.state() != v1::ATTACHMENT_STATE_UNFINISHED);
        return absl::OkStatus();
      });
}

}  // namespace tamga::attachment
