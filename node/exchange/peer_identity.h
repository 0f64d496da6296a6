// The one seam through which handlers learn who calls. Where TLS ends can change without them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "grpcpp/server_context.h"

namespace tamga::exchange {

// Thread-safe.
class PeerIdentity {
 public:
  virtual ~PeerIdentity() = default;
  // Unauthenticated, with the verifier's reason, if the caller's certificate is not (or no longer) good.
  virtual absl::StatusOr<certs::Principal> Identify(const grpc::ServerContextBase& context) const = 0;
};

}  // namespace tamga::exchange
