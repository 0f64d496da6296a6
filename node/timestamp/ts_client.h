// A time-stamp authority, asked over HTTP (RFC 3161 section 3.4).
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/witness/https_client.h"

namespace tamga::timestamp {

// Thread-safe.
class TsClient {
 public:
  virtual ~TsClient() = default;
  // What the authority answers to a TimeStampReq, in DER both; what it says is for VerifyResponse to judge. `time` is
  // for all of it.
  virtual absl::StatusOr<std::string> Ask(const std::string& request, absl::Duration time) = 0;
  // Shows `identity` from its next question on if it is asked to. The old one stays if OpenSSL does not take it.
  virtual absl::Status Show(const exchange::TlsIdentity& identity) = 0;
};

// Asks by POST at `target` ("/tsr"). `clock` outlives the client. Beside the errors of HttpsClient::Post, of which
// Unauthenticated has the reason TIMESTAMP_UNTRUSTED, Ask gives FailedPrecondition unless the server says 200 and
// answers with a time-stamp reply. Errors as of HttpsClient::Create.
absl::StatusOr<std::unique_ptr<TsClient>> MakeHttpTsClient(witness::HttpsServer server, const std::string& target,
                                                           const Clock& clock);

}  // namespace tamga::timestamp
