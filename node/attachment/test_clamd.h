// For tests: a clamd of the test's own at a Unix socket.
#pragma once

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "node/base/check.h"
#include "node/base/mutex.h"
#include "node/base/unix_socket.h"

namespace tamga::attachment {

// Takes one stream after the other until it ends.
class TestClamd {
 public:
  // What it says to the bytes of a stream, such as "stream: OK"; nothing if that is empty, until the caller is gone.
  using Reply = std::function<std::string(const std::string& bytes)>;

  TestClamd(const std::string& path, Reply reply) : stop_(::eventfd(0, EFD_CLOEXEC)), reply_(std::move(reply)) {
    absl::StatusOr<Descriptor> listening = ListenAt(path);
    TAMGA_CHECK(listening.ok() && stop_.get() >= 0);
    listening_ = *std::move(listening);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TestClamd() {
    const uint64_t one = 1;
    TAMGA_CHECK(::write(stop_.get(), &one, sizeof(one)) == sizeof(one));
    thread_.join();
  }
  TestClamd(const TestClamd&) = delete;
  TestClamd& operator=(const TestClamd&) = delete;

  // The bytes of the last stream that came to its end.
  std::string scanned() {
    MutexLock lock(mutex_);
    return scanned_;
  }

 private:
  static bool Read(const Descriptor& connection, void* bytes, size_t size) {
    return ::recv(connection.get(), bytes, size, MSG_WAITALL) == static_cast<ssize_t>(size);
  }
  void Serve() {
    while (true) {
      const Until until{std::chrono::steady_clock::now() + std::chrono::hours(1), stop_.get()};
      const absl::StatusOr<Descriptor> accepted = Accept(listening_, until);
      if (!accepted.ok()) return;
      // Blocking from here on.
      ::fcntl(accepted->get(), F_SETFL, ::fcntl(accepted->get(), F_GETFL) & ~O_NONBLOCK);
      ServeOne(*accepted);
    }
  }
  void ServeOne(const Descriptor& connection) {
    char command[10];
    if (!Read(connection, command, sizeof(command))) return;
    std::string bytes;
    while (true) {
      unsigned char length[4];
      if (!Read(connection, length, sizeof(length))) return;
      const size_t size = (size_t{length[0]} << 24) | (size_t{length[1]} << 16) | (size_t{length[2]} << 8) | length[3];
      if (size == 0) break;
      const size_t begin = bytes.size();
      bytes.resize(begin + size);
      if (!Read(connection, &bytes[begin], size)) return;
    }
    const std::string reply = reply_(bytes);
    {
      MutexLock lock(mutex_);
      scanned_ = std::move(bytes);
    }
    char end = 0;
    if (reply.empty()) {
      Read(connection, &end, 1);
    } else {
      ::send(connection.get(), reply.c_str(), reply.size() + 1, MSG_NOSIGNAL);
    }
  }

  const Descriptor stop_;
  const Reply reply_;
  Descriptor listening_;
  Mutex mutex_;
  std::string scanned_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tamga::attachment
