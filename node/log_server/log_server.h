// An HTTPS server for few callers, all known by their certificates.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/exchange/tls.h"
#include "node/log_server/http_message.h"

namespace tamga::log_server {

inline constexpr size_t kMaxHeaderBytes = 8 << 10;
inline constexpr size_t kMaxBodyBytes = 128 << 10;

struct LogServerOptions {
  std::string address;          // "127.0.0.1:7402", port 0 for any
  size_t max_connections = 16;  // of callers who were answered; more are refused
  size_t max_newcomers = 64;    // who have asked nothing yet; for one more the oldest is cut off
  absl::Duration handshake_time = absl::Seconds(5);
  absl::Duration request_time = absl::Seconds(30);  // to wait for the next request and get it whole, or to be rid of an
                                                    // answer
};

class LogServer {
 public:
  // Serves at once, with TLS as of tls_context.h. `trust` and `clock` outlive the server. The error of the system if it
  // cannot listen.
  static absl::StatusOr<std::unique_ptr<LogServer>> Start(const LogServerOptions& options,
                                                          const exchange::TlsIdentity& identity,
                                                          const certs::CurrentTrust& trust, const Clock& clock,
                                                          HttpHandler handler);
  // Breaks off all connections; requests that are being handled end first.
  ~LogServer();
  LogServer(const LogServer&) = delete;
  LogServer& operator=(const LogServer&) = delete;

  // Connections that are made from now on are shown `next`. The old one stays if OpenSSL does not take it; errors as of
  // MakeSslContext. Thread-safe.
  absl::Status ReplaceIdentity(const exchange::TlsIdentity& next);

  // The address listened on, with the port that the kernel chose.
  const std::string& address() const;

 private:
  class Impl;
  explicit LogServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace tamga::log_server
