// A time-stamp authority's door on loopback, over plain HTTP, that does what it is told. For tests only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/check.h"
#include "node/base/mutex.h"

namespace tamga::timestamp {

// The answer to a request that is well: 200 with the reply's type.
inline std::string HttpReply(const std::string& body, const std::string& status = "200 OK",
                             const std::string& type = "application/timestamp-reply") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Type: ", type, "\r\nContent-Length: ", body.size(),
                      "\r\nConnection: close\r\n\r\n", body);
}

// One connection at a time, one request each. Any failure to set it up ends the test program.
class TestHttpServer {
 public:
  // What to write to whoever sent this request body; nothing: it says nothing until the client is gone.
  using Answer = std::function<std::string(const std::string& body)>;

  explicit TestHttpServer(Answer answer) : answer_(std::move(answer)) {
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
    MutexLock lock(mutex_);
    answer_ = std::move(answer);
  }
  // Heads of all requests that were read to their end.
  std::vector<std::string> heads() const {
    MutexLock lock(mutex_);
    return heads_;
  }

 private:
  void Serve() {
    while (true) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      ServeOne(socket);
      ::close(socket);
    }
  }

  void ServeOne(int socket) {
    std::string request;
    char buffer[4096];
    size_t body_at = 0;
    while (!IsWhole(request, &body_at)) {
      const ssize_t count = ::recv(socket, buffer, sizeof(buffer), 0);
      if (count <= 0) return;
      request.append(buffer, static_cast<size_t>(count));
    }
    Answer answer;
    {
      MutexLock lock(mutex_);
      heads_.push_back(request.substr(0, body_at));
      answer = answer_;
    }
    const std::string said = answer(request.substr(body_at));
    for (size_t at = 0; at < said.size();) {
      const ssize_t count = ::send(socket, said.data() + at, said.size() - at, 0);
      if (count <= 0) return;
      at += static_cast<size_t>(count);
    }
    if (!said.empty()) return;
    while (::recv(socket, buffer, sizeof(buffer), 0) > 0) {
    }
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

  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port_ = 0;
  mutable Mutex mutex_;
  Answer answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> heads_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tamga::timestamp
