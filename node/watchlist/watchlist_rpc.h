// The watchlist service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/watchlist/watchlist.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace tamga::watchlist {

// Thread-safe.
class WatchlistRpc final : public v1::WatchlistService::CallbackService {
 public:
  // Both references outlive the service.
  WatchlistRpc(const exchange::RpcContext& rpc, Watchlist& watchlist) : rpc_(rpc), watchlist_(watchlist) {}

  grpc::ServerUnaryReactor* PublishAlert(grpc::CallbackServerContext* context, const v1::PublishAlertRequest* request,
                                         v1::PublishAlertResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawAlert(grpc::CallbackServerContext* context, const v1::WithdrawAlertRequest* request,
                                          v1::WithdrawAlertResponse* response) override;
  grpc::ServerReadReactor<v1::ImportAlertsRequest>* ImportAlerts(grpc::CallbackServerContext* context,
                                                                 v1::ImportAlertsResponse* response) override;
  grpc::ServerUnaryReactor* GetAlert(grpc::CallbackServerContext* context, const v1::GetAlertRequest* request,
                                     v1::GetAlertResponse* response) override;
  grpc::ServerUnaryReactor* CheckTraveller(grpc::CallbackServerContext* context,
                                           const v1::CheckTravellerRequest* request,
                                           v1::CheckTravellerResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  Watchlist& watchlist_;
};

}  // namespace tamga::watchlist
