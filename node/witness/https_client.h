// Requests over HTTPS to one server outside, which is believed to be what it says only after TLS 1.3, by the roots that
// were given for it; or over plain HTTP, for answers that prove themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/exchange/ssl_context.h"
#include "node/witness/name_lookup.h"

namespace tamga::witness {

inline constexpr size_t kMaxAnswerHeaderBytes = 8 << 10;
inline constexpr size_t kMaxAnswerBodyBytes = 16 << 10;

struct HttpsServer {
  std::string host;  // DNS name, or IP address without brackets
  uint16_t port = 443;
  std::string name;                // DNS name or IP address that its certificate must have
  std::string roots_pem;           // the only ones that may vouch for it
  exchange::TlsIdentity identity;  // shown if it asks, until it is replaced
  // Plain HTTP: the three above are not looked at, and nothing that the server says is to be believed for itself.
  bool is_plain = false;
};

struct HttpsAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

// A connection for each request, so nothing is kept of one that failed. Thread-safe.
class HttpsClient {
 public:
  // Connects to nothing yet. `clock` outlives the client; by it certificates are good or not. FailedPrecondition or the
  // parser's error if OpenSSL does not take the roots or the identity.
  static absl::StatusOr<std::unique_ptr<HttpsClient>> Create(HttpsServer server, const Clock& clock);

  // What the server answers to a POST of `body` at `target` ("/a/b"), whatever its status: no redirect is followed.
  // `time` is for all of it. DeadlineExceeded after that; Unavailable if the server is not reached or breaks off;
  // Unauthenticated (WITNESS_UNTRUSTED) if its certificate is not good for it; FailedPrecondition if what it says is no
  // HTTP/1.1, or longer than the bounds above. The body has `content_type`, or none if that is empty.
  absl::StatusOr<HttpsAnswer> Post(const std::string& target, const std::string& body, absl::Duration time,
                                   const std::string& content_type = "");

  // Shows `identity` from now on if the server asks; nothing to do over plain HTTP. The old one stays if OpenSSL does
  // not take it; errors as of Create.
  absl::Status ReplaceIdentity(const exchange::TlsIdentity& identity);

 private:
  HttpsClient(HttpsServer server, const Clock& clock, exchange::SslCtxPtr context);
  exchange::SslCtxPtr CurrentContext();
  absl::StatusOr<Addresses> FindHost(absl::Duration time);

  const HttpsServer server_;
  const Clock& clock_;
  Mutex mutex_;
  exchange::SslCtxPtr context_ ABSL_GUARDED_BY(mutex_);  // null over plain HTTP
  NameLookup lookup_;
};

}  // namespace tamga::witness
