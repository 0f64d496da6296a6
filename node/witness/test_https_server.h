// A server on loopback that says to everybody what it was told to, be it HTTP or not. For tests only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "node/base/check.h"
#include "node/base/mutex.h"
#include "node/exchange/ssl_context.h"

namespace tamga::witness {

struct TestHttpsManner {
  enum class Does { kAnswer, kCloseAtOnce, kSayNothing, kReadAndSayNothing };
  Does does = Does::kAnswer;
  std::string answer = {};
  int newest_tls = TLS1_3_VERSION;
};

// Any failure to set it up ends the test program.
class TestHttpsServer {
 public:
  TestHttpsServer(const exchange::TlsIdentity& identity, TestHttpsManner manner) : manner_(std::move(manner)) {
    std::signal(SIGPIPE, SIG_IGN);
    absl::StatusOr<exchange::SslCtxPtr> context = exchange::MakeSslContext(exchange::TlsSide::kServer, identity);
    TAMGA_CHECK(context.ok());
    context_ = *std::move(context);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), manner_.newest_tls);
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
  // After its clients are gone.
  ~TestHttpsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TestHttpsServer(const TestHttpsServer&) = delete;
  TestHttpsServer& operator=(const TestHttpsServer&) = delete;

  uint16_t port() const { return port_; }
  void SetAnswer(std::string answer) {
    MutexLock lock(mutex_);
    manner_.answer = std::move(answer);
  }
  // All requests that were read to their end.
  std::vector<std::string> requests() const {
    MutexLock lock(mutex_);
    return requests_;
  }

 private:
  using Does = TestHttpsManner::Does;
  using SslPtr = std::unique_ptr<SSL, certs::OpenSslDeleter<SSL_free>>;

  void Serve() {
    while (true) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      if (manner_.does == Does::kSayNothing) {
        WaitForEnd(socket);
      } else if (manner_.does != Does::kCloseAtOnce) {
        Answer(socket);
      }
      ::close(socket);
    }
  }

  static void WaitForEnd(int socket) {
    char byte = 0;
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
  }

  void Answer(int socket) {
    const SslPtr connection(SSL_new(context_.get()));
    SSL_set_fd(connection.get(), socket);
    if (SSL_accept(connection.get()) != 1) return;
    std::string request;
    char buffer[4096];
    while (!IsWhole(request)) {
      const int count = SSL_read(connection.get(), buffer, sizeof(buffer));
      if (count <= 0) return;
      request.append(buffer, static_cast<size_t>(count));
    }
    std::string answer;
    {
      MutexLock lock(mutex_);
      requests_.push_back(request);
      answer = manner_.answer;
    }
    if (manner_.does == Does::kReadAndSayNothing) return WaitForEnd(socket);
    if (!answer.empty()) SSL_write(connection.get(), answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(connection.get());
  }

  static bool IsWhole(absl::string_view request) {
    const size_t end = request.find("\r\n\r\n");
    if (end == absl::string_view::npos) return false;
    constexpr absl::string_view kLength = "Content-Length: ";
    const size_t at = request.find(kLength);
    if (at == absl::string_view::npos) return true;
    const absl::string_view length = request.substr(at + kLength.size());
    size_t bytes = 0;
    return absl::SimpleAtoi(length.substr(0, length.find('\r')), &bytes) && request.size() >= end + 4 + bytes;
  }

  TestHttpsManner manner_;  // what it does and how new stays; the answer is guarded by mutex_
  exchange::SslCtxPtr context_;
  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tamga::witness
