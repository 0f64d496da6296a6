#include "node/exchange/rpc.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::exchange {

absl::StatusOr<Call> Admit(const RpcContext& rpc, const grpc::CallbackServerContext& context,
                           absl::string_view method) {
  absl::StatusOr<certs::Principal> caller = rpc.identity.Identify(context);
  absl::Status admitted = caller.status();
  if (admitted.ok()) admitted = CheckAccess(rpc.access, *caller, method);
  if (!admitted.ok()) {
    std::map<std::string, std::string> about = MetadataOf(admitted);
    Log(Severity::kWarning, "call refused",
        {{"method", method},
         {"reason", ReasonOf(admitted)},
         {"caller", caller.ok() ? caller->SpiffeId() : about["subject"]},
         {"serial", about["serial"]},
         {"issuer", about["issuer"]}});
    return admitted;
  }
  const absl::Duration remaining = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
  const absl::Time deadline = rpc.clock.Now() + std::min(remaining, rpc.max_call);
  // gRPC keeps the context until the call has been finished, which is the last that is done of it.
  return Call{*std::move(caller), deadline,
              [&rpc, &context, deadline] { return context.IsCancelled() || rpc.clock.Now() >= deadline; },
              [&rpc, &context] { return rpc.identity.Identify(context).status(); }};
}

absl::Status CheckStillGood(const Call& call) {
  if (!call.still_good) return absl::OkStatus();
  absl::Status good = call.still_good();
  if (!good.ok()) {
    std::map<std::string, std::string> about = MetadataOf(good);
    Log(Severity::kWarning, "stream ended",
        {{"reason", ReasonOf(good)},
         {"caller", call.caller.SpiffeId()},
         {"serial", about["serial"]},
         {"issuer", about["issuer"]}});
  }
  return good;
}

absl::StatusOr<CallPlaces::Place> TakePlace(const RpcContext& rpc, const Call& call) {
  if (rpc.places == nullptr) return CallPlaces::Place();
  return rpc.places->Take(call.caller.agency);
}

absl::Status RunOnWorker(const RpcContext& rpc, const Call& call, std::function<void()> work) {
  if (rpc.lanes == nullptr) return rpc.workers.Run(std::move(work));
  return rpc.lanes->Run(call.caller.State(), std::move(work));
}

grpc::ServerUnaryReactor* ServeUnary(const RpcContext& rpc, grpc::CallbackServerContext* context,
                                     absl::string_view method, std::function<absl::Status(const Call&)> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status started = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Call call, Admit(rpc, *context, method));
    ASSIGN_OR_RETURN(CallPlaces::Place place, TakePlace(rpc, call));
    return RunOnWorker(rpc, call, [reactor, call, place = std::move(place), work = std::move(work)]() mutable {
      const absl::Status done = work(call);
      place.reset();  // before the caller can ask again
      reactor->Finish(ToGrpc(done));
    });
  }();
  if (!started.ok()) reactor->Finish(ToGrpc(started));
  return reactor;
}

}  // namespace tamga::exchange
