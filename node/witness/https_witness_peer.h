// A witness that no partner runs, asked over HTTPS.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/witness/https_client.h"
#include "node/witness/witness_peer.h"

namespace tamga::witness {

class HttpsWitnessPeer : public WitnessPeer {
 public:
  // Shows `identity` from its next question on if it is asked to. The old one stays if OpenSSL does not take it.
  // Thread-safe.
  virtual absl::Status Show(const exchange::TlsIdentity& identity) = 0;
};

// Asks by POST of `base_path`/add-checkpoint (C2SP tlog-witness), with `base_path` as "" or "/logs". `clock` outlives
// the peer. Beside the errors of HttpsClient it answers FailedPrecondition where the server says 409 without a size.
// Over HTTPS no witness shows what it has seen, so seen_checkpoint stays empty. Errors as of HttpsClient::Create.
absl::StatusOr<std::unique_ptr<HttpsWitnessPeer>> MakeHttpsWitnessPeer(HttpsServer server, const std::string& base_path,
                                                                       const Clock& clock);

}  // namespace tamga::witness
