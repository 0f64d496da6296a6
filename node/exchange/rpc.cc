#include "node/exchange/rpc.h"

#include <algorithm>
#include <chrono>

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
    Log(Severity::kWarning, "call refused",
        {{"method", method}, {"reason", ReasonOf(admitted)}, {"caller", caller.ok() ? caller->SpiffeId() : ""}});
    return admitted;
  }
  const absl::Duration remaining = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
  return Call{*std::move(caller), rpc.clock.Now() + std::min(remaining, rpc.max_call)};
}

grpc::ServerUnaryReactor* ServeUnary(const RpcContext& rpc, grpc::CallbackServerContext* context,
                                     absl::string_view method, std::function<absl::Status(const Call&)> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Call> call = Admit(rpc, *context, method);
  absl::Status started = call.status();
  if (started.ok()) {
    started = rpc.workers.Run(
        [reactor, call = *std::move(call), work = std::move(work)] { reactor->Finish(ToGrpc(work(call))); });
  }
  if (!started.ok()) reactor->Finish(ToGrpc(started));
  return reactor;
}

}  // namespace tamga::exchange
