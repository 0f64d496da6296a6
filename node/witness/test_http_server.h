// A server on loopback that says to everybody what it was told to, be it HTTP or not, over TLS or without. For tests
// only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_der.h"
#include "node/base/check.h"
#include "node/base/mutex.h"
#include "node/exchange/ssl_context.h"

namespace tamga::witness {

// An answer as a time-stamp authority's, unless another type is given.
inline std::string HttpReply(const std::string& body, const std::string& status = "200 OK",
                             const std::string& type = "application/timestamp-reply") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Type: ", type, "\r\nContent-Length: ", body.size(),
                      "\r\nConnection: close\r\n\r\n", body);
}

struct TestHttpManner {
  enum class Does { kAnswer, kCloseAtOnce, kSayNothing, kReadAndSayNothing };
  Does does = Does::kAnswer;
  std::string answer = {};
  int newest_tls = TLS1_3_VERSION;
};

// One connection at a time, one request each. Any failure to set it up ends the test program.
class TestHttpServer {
 public:
  // What to write to whoever sent this request body; nothing: it says nothing until the client is gone.
  using Answer = std::function<std::string(const std::string& body)>;

  // Over plain HTTP.
  explicit TestHttpServer(Answer answer) : answer_(std::move(answer)) { Listen(); }
  // Over TLS.
  TestHttpServer(const exchange::TlsIdentity& identity, const TestHttpManner& manner)
      : does_(manner.does), answer_(Says(manner.answer)) {
    absl::StatusOr<exchange::SslCtxPtr> context = exchange::MakeSslContext(exchange::TlsSide::kServer, identity);
    TAMGA_CHECK(context.ok());
    context_ = *std::move(context);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), manner.newest_tls);
    // It asks for a certificate, and takes any.
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, [](int /*is_good*/, X509_STORE_CTX* /*chain*/) { return 1; });
    Listen();
  }
  // After its clients are gone.
  ~TestHttpServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TestHttpServer(const TestHttpServer&) = delete;
  TestHttpServer& operator=(const TestHttpServer&) = delete;

  uint16_t port() const { return port_; }
  void SetAnswer(Answer answer) {
    const MutexLock lock(mutex_);
    answer_ = std::move(answer);
  }
  void SetAnswer(const std::string& answer) { SetAnswer(Says(answer)); }

  // All requests that were read to their end.
  std::vector<std::string> requests() const {
    const MutexLock lock(mutex_);
    return requests_;
  }
  // Of each of these over TLS, the certificate that its client showed, DER; empty if it showed none.
  std::vector<std::string> shown() const {
    const MutexLock lock(mutex_);
    return shown_;
  }

 private:
  using Does = TestHttpManner::Does;
  using SslPtr = std::unique_ptr<SSL, certs::OpenSslDeleter<SSL_free>>;

  static Answer Says(const std::string& answer) {
    return [answer](const std::string& /*body*/) { return answer; };
  }

  void Listen() {
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_in address = {};
    socklen_t size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    TAMGA_CHECK(listener_ >= 0 && ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    TAMGA_CHECK(::listen(listener_, 8) == 0);
    TAMGA_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  void Serve() {
    while (true) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      if (does_ == Does::kSayNothing) {
        WaitForEnd(socket);
      } else if (does_ != Does::kCloseAtOnce) {
        ServeOne(socket);
      }
      ::close(socket);
    }
  }

  static void WaitForEnd(int socket) {
    char bytes[4096];
    while (::recv(socket, bytes, sizeof(bytes), 0) > 0) {
    }
  }

  void ServeOne(int socket) {
    SslPtr ssl;
    if (context_ != nullptr) {
      ssl.reset(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), socket);
      if (SSL_accept(ssl.get()) != 1) return;
    }
    std::string request;
    char buffer[4096];
    size_t body_at = 0;
    while (!IsWhole(request, &body_at)) {
      const ssize_t count =
          ssl != nullptr ? SSL_read(ssl.get(), buffer, sizeof(buffer)) : ::recv(socket, buffer, sizeof(buffer), 0);
      if (count <= 0) return;
      request.append(buffer, static_cast<size_t>(count));
    }
    const std::string said = Note(request, ssl.get())(request.substr(body_at));
    if (does_ == Does::kReadAndSayNothing || (said.empty() && ssl == nullptr)) return WaitForEnd(socket);
    if (ssl != nullptr) {
      if (!said.empty()) SSL_write(ssl.get(), said.data(), static_cast<int>(said.size()));
      SSL_shutdown(ssl.get());
      return;
    }
    for (size_t at = 0; at < said.size();) {
      const ssize_t count = ::send(socket, said.data() + at, said.size() - at, 0);
      if (count <= 0) return;
      at += static_cast<size_t>(count);
    }
  }

  Answer Note(const std::string& request, SSL* ssl) {
    const MutexLock lock(mutex_);
    requests_.push_back(request);
    X509* const client = ssl == nullptr ? nullptr : SSL_get0_peer_certificate(ssl);
    if (ssl != nullptr) shown_.push_back(client == nullptr ? "" : certs::ToDer<i2d_X509>(client));
    return answer_;
  }

  static bool IsWhole(absl::string_view request, size_t* body_at) {
    const size_t end = request.find("\r\n\r\n");
    if (end == absl::string_view::npos) return false;
    *body_at = end + 4;
    constexpr absl::string_view kLength = "Content-Length: ";
    const size_t at = request.find(kLength);
    if (at == absl::string_view::npos) return true;
    const absl::string_view length = request.substr(at + kLength.size());
    size_t bytes = 0;
    return absl::SimpleAtoi(length.substr(0, length.find('\r')), &bytes) && request.size() >= *body_at + bytes;
  }

  const TestHttpManner::Does does_ = Does::kAnswer;
  exchange::SslCtxPtr context_;  // null over plain HTTP
  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  Answer answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> shown_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tamga::witness
