#include "node/watchlist/watchlist_rpc.h"

#include <memory>

#include "node/base/status_macros.h"

namespace tamga::watchlist {

using exchange::Call;
using exchange::RequestStream;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* WatchlistRpc::PublishAlert(grpc::CallbackServerContext* context,
                                                     const v1::PublishAlertRequest* request,
                                                     v1::PublishAlertResponse* response) {
  return ServeUnary(rpc_, context, "WatchlistService.PublishAlert", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, watchlist_.Publish(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* WatchlistRpc::WithdrawAlert(grpc::CallbackServerContext* context,
                                                      const v1::WithdrawAlertRequest* request,
                                                      v1::WithdrawAlertResponse* response) {
  return ServeUnary(rpc_, context, "WatchlistService.WithdrawAlert", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, watchlist_.Withdraw(*request));
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<v1::ImportAlertsRequest>* WatchlistRpc::ImportAlerts(grpc::CallbackServerContext* context,
                                                                             v1::ImportAlertsResponse* response) {
  const auto import = std::make_shared<AlertImport>(watchlist_.StartImport());
  return new RequestStream<v1::ImportAlertsRequest>(  // deletes itself when gRPC is done with it
      rpc_, context, "WatchlistService.ImportAlerts",
      [import](const Call&, const v1::ImportAlertsRequest& request) { return import->Take(request); },
      [import, response](const Call&) {
        *response = import->result();
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* WatchlistRpc::GetAlert(grpc::CallbackServerContext* context,
                                                 const v1::GetAlertRequest* request, v1::GetAlertResponse* response) {
  return ServeUnary(rpc_, context, "WatchlistService.GetAlert", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, watchlist_.Get(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* WatchlistRpc::CheckTraveller(grpc::CallbackServerContext* context,
                                                       const v1::CheckTravellerRequest* request,
                                                       v1::CheckTravellerResponse* response) {
  return ServeUnary(rpc_, context, "WatchlistService.CheckTraveller", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, watchlist_.CheckTraveller(call, *request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::watchlist
