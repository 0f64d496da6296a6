#include "node/exchange/federation_rpc.h"

#include <utility>

namespace tamga::exchange {
namespace {

// One message at a time: read, answer on a worker, write, read the next. The slowness of one side slows the other.
class ExchangeStreamReactor final : public grpc::ServerBidiReactor<v1::SealedMessage, v1::SealedMessage> {
 public:
  ExchangeStreamReactor(const RpcContext& rpc, AnsweringDoor& door, absl::StatusOr<Call> call)
      : rpc_(rpc), door_(door), call_(std::move(call)) {
    if (call_.ok()) {
      StartRead(&request_);
    } else {
      Finish(ToGrpc(call_.status()));
    }
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    const absl::Status queued = RunOnWorker(rpc_, *call_, [this] {
      if (const absl::Status good = CheckStillGood(*call_); !good.ok()) return Finish(ToGrpc(good));
      absl::StatusOr<v1::SealedMessage> reply = door_.Answer(call_->caller, request_);
      if (!reply.ok()) return Finish(ToGrpc(reply.status()));
      reply_ = *std::move(reply);
      StartWrite(&reply_);
    });
    if (!queued.ok()) Finish(ToGrpc(queued));
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

  const RpcContext& rpc_;
  AnsweringDoor& door_;
  const absl::StatusOr<Call> call_;
  v1::SealedMessage request_;
  v1::SealedMessage reply_;
};

}  // namespace

grpc::ServerUnaryReactor* FederationRpc::Exchange(grpc::CallbackServerContext* context,
                                                  const v1::SealedMessage* request, v1::SealedMessage* reply) {
  return ServeUnary(rpc_, context, "FederationService.Exchange",
                    [this, request, reply](const Call& call) -> absl::Status {
                      absl::StatusOr<v1::SealedMessage> answer = door_.Answer(call.caller, *request);
                      if (answer.ok()) *reply = *std::move(answer);
                      return answer.status();
                    });
}

grpc::ServerBidiReactor<v1::SealedMessage, v1::SealedMessage>* FederationRpc::ExchangeStream(
    grpc::CallbackServerContext* context) {
  return new ExchangeStreamReactor(rpc_, door_, Admit(rpc_, *context, "FederationService.ExchangeStream"));
}

grpc::ServerReadReactor<v1::AttachmentChunk>* FederationRpc::TransferAttachment(grpc::CallbackServerContext* context,
                                                                                v1::AttachmentTransferred* response) {
  return transfers_ == nullptr ? nullptr : transfers_->Transfer(context, response);
}

}  // namespace tamga::exchange
