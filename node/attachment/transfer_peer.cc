#include "node/attachment/transfer_peer.h"

#include <set>

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/base/mutex.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/federation_service.grpc.pb.h"

namespace tamga::attachment {
namespace {

class GrpcTransferPeer final : public TransferPeer {
 public:
  GrpcTransferPeer(exchange::PartnerChannel& channel, const Clock& clock) : channel_(channel), clock_(clock) {}

  absl::StatusOr<v1::AttachmentTransferred> Send(const NextPiece& next, absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall());
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    if (!Enter(&context)) return absl::CancelledError("the node is stopping");
    absl::StatusOr<v1::AttachmentTransferred> result = SendOver(channel, context, next);
    Leave(&context);
    return result;
  }

  void Stop() override {
    MutexLock lock(mutex_);
    stopped_ = true;
    for (grpc::ClientContext* const context : under_way_) context->TryCancel();
  }

 private:
  static absl::StatusOr<v1::AttachmentTransferred> SendOver(const std::shared_ptr<grpc::Channel>& channel,
                                                            grpc::ClientContext& context, const NextPiece& next) {
    v1::AttachmentTransferred response;
    const auto writer = v1::FederationService::NewStub(channel)->TransferAttachment(&context, &response);
    v1::AttachmentChunk piece;
    absl::StatusOr<bool> more = next(&piece);
    // Write waits while the partner takes no more: of the attachment, no more than a piece is in memory.
    while (more.ok() && *more && writer->Write(piece)) {
      piece.Clear();
      more = next(&piece);
    }
    if (!more.ok()) context.TryCancel();
    writer->WritesDone();
    const grpc::Status finished = writer->Finish();
    if (!more.ok()) return more.status();
    if (!finished.ok()) return exchange::FromGrpc(finished);
    return response;
  }

  bool Enter(grpc::ClientContext* context) {
    MutexLock lock(mutex_);
    if (!stopped_) under_way_.insert(context);
    return !stopped_;
  }
  void Leave(grpc::ClientContext* context) {
    MutexLock lock(mutex_);
    under_way_.erase(context);
  }

  exchange::PartnerChannel& channel_;
  const Clock& clock_;
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::ClientContext*> under_way_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<TransferPeer> MakeGrpcTransferPeer(exchange::PartnerChannel& channel, const Clock& clock) {
  return std::make_unique<GrpcTransferPeer>(channel, clock);
}

}  // namespace tamga::attachment
