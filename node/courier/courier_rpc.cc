#include "node/courier/courier_rpc.h"

#include <functional>
#include <memory>
#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"

namespace tamga::courier {

using exchange::Call;

namespace {

constexpr size_t kPieceBytes = 256 << 10;

// Makes a bundle on a worker, then writes it piece by piece: a reader that is slow, or does not read, holds no thread.
template <typename Response>
class BundleStream final : public grpc::ServerWriteReactor<Response> {
 public:
  BundleStream(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context, absl::string_view method,
               std::function<absl::StatusOr<MadeBundle>()> make)
      : rpc_(rpc), call_(Admit(rpc, *context, method)) {
    const absl::Status begun = [&]() -> absl::Status {
      RETURN_IF_ERROR(call_.status());
      ASSIGN_OR_RETURN(place_, TakePlace(rpc, *call_));
      return RunOnWorker(rpc_, *call_, [this, make = std::move(make)] { Begin(make()); });
    }();
    if (!begun.ok()) this->Finish(exchange::ToGrpc(begun));
  }

 private:
  void Begin(absl::StatusOr<MadeBundle> made) {
    if (!made.ok()) return this->Finish(exchange::ToGrpc(made.status()));
    bundle_ = *std::move(made);
    *response_.mutable_bundle() = bundle_.summary;
    this->StartWrite(&response_);
  }
  void WriteNext() {
    response_.Clear();
    if (const absl::Status good = CheckStillGood(*call_); !good.ok()) return this->Finish(exchange::ToGrpc(good));
    absl::StatusOr<std::string> piece = bundle_.content->ReadAt(offset_, kPieceBytes);
    if (!piece.ok()) return this->Finish(exchange::ToGrpc(piece.status()));
    if (piece->empty()) return this->Finish(grpc::Status::OK);
    offset_ += piece->size();
    response_.set_data(*std::move(piece));
    this->StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    const absl::Status queued = RunOnWorker(rpc_, *call_, [this] { WriteNext(); });
    if (!queued.ok()) this->Finish(exchange::ToGrpc(queued));
  }
  void OnDone() override { delete this; }

  const exchange::RpcContext& rpc_;
  const absl::StatusOr<Call> call_;
  exchange::CallPlaces::Place place_;
  MadeBundle bundle_;
  uint64_t offset_ = 0;
  Response response_;
};

// A bundle that comes.
struct Importing {
  exchange::CallPlaces::Place place;
  std::shared_ptr<Spool> spool;
};

}  // namespace

grpc::ServerWriteReactor<v1::ExportRequestsResponse>* CourierRpc::ExportRequests(
    grpc::CallbackServerContext* context, const v1::ExportRequestsRequest* request) {
  return new BundleStream<v1::ExportRequestsResponse>(
      rpc_, context, "CourierService.ExportRequests",
      [this, partner = request->partner()] { return courier_.ExportRequests(partner); });
}

grpc::ServerReadReactor<v1::ImportBundleRequest>* CourierRpc::ImportBundle(grpc::CallbackServerContext* context,
                                                                           v1::ImportBundleResponse* response) {
  const auto importing = std::make_shared<Importing>();
  return new exchange::RequestStream<v1::ImportBundleRequest>(
      rpc_, context, "CourierService.ImportBundle",
      [this, importing](const Call& call, const v1::ImportBundleRequest& request) -> absl::Status {
        if (importing->spool == nullptr) {
          ASSIGN_OR_RETURN(importing->place, TakePlace(rpc_, call));
          ASSIGN_OR_RETURN(importing->spool, courier_.MakeRoom());
        }
        return importing->spool->Write(request.data());
      },
      [this, importing, response](const Call&) -> absl::Status {
        if (importing->spool == nullptr) return InvalidField("data", "is required; send the bundle's bytes");
        ASSIGN_OR_RETURN(*response, courier_.Import(*importing->spool));
        return absl::OkStatus();
      });
}

grpc::ServerWriteReactor<v1::ExportRepliesResponse>* CourierRpc::ExportReplies(
    grpc::CallbackServerContext* context, const v1::ExportRepliesRequest* request) {
  return new BundleStream<v1::ExportRepliesResponse>(
      rpc_, context, "CourierService.ExportReplies",
      [this, bundle_id = request->bundle_id()]() -> absl::StatusOr<MadeBundle> {
        if (!ParseUuidV7(bundle_id).ok()) return InvalidField("bundle_id", "must be the UUID that ImportBundle told");
        return courier_.FindReplies(bundle_id);
      });
}

}  // namespace tamga::courier
