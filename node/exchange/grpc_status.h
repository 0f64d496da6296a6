// The one place where errors cross gRPC: canonical code, message, and google.rpc.ErrorInfo as detail.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace tamga::exchange {

grpc::Status ToGrpc(const absl::Status& status);
// The reason survives if the other side sent one.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace tamga::exchange
