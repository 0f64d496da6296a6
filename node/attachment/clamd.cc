#include "node/attachment/clamd.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/descriptor.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/unix_socket.h"

namespace tamga::attachment {
namespace {

constexpr absl::string_view kCommand("zINSTREAM\0", 10);
// clamd takes larger pieces too, but gives up sooner on those that it must hold.
constexpr size_t kPieceBytes = 64u << 10;
constexpr size_t kMostReplyBytes = 1024;

using TimePoint = std::chrono::steady_clock::time_point;

absl::Status Unavailable(absl::string_view why) {
  return Error(
      absl::StatusCode::kUnavailable, "SCANNER_UNAVAILABLE",
      absl::StrCat("the virus scanner gave no verdict (", why, "); try again later, nothing needs to be sent anew"));
}

bool IsRepeatable(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

absl::Status Await(const Descriptor& connection, int16_t events, TimePoint deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return Unavailable("it takes too long");
    pollfd polled = {connection.get(), events, 0};
    const int ready = ::poll(&polled, 1, static_cast<int>(std::min<int64_t>(left, 60'000)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Unavailable(std::strerror(errno));
  }
}

absl::Status SendAll(const Descriptor& connection, absl::string_view bytes, TimePoint deadline) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (count < 0 && !IsRepeatable(errno)) {
      return Unavailable(std::strerror(errno));
    } else {
      RETURN_IF_ERROR(Await(connection, POLLOUT, deadline));
    }
  }
  return absl::OkStatus();
}

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

absl::StatusOr<Descriptor> ConnectTcp(const std::string& host_port, TimePoint deadline) {
  const size_t colon = host_port.rfind(':');
  if (colon == std::string::npos) return Unavailable("its address has no port");
  std::string host = host_port.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo wanted = {};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;  // no resolver, which could take its time
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), host_port.c_str() + colon + 1, &wanted, &found) != 0) {
    return Unavailable("its address is not numeric");
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  Descriptor connection(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connection.get() < 0) return Unavailable(std::strerror(errno));
  if (::connect(connection.get(), found->ai_addr, found->ai_addrlen) == 0) return connection;
  if (errno != EINPROGRESS) return Unavailable(std::strerror(errno));
  RETURN_IF_ERROR(Await(connection, POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    return Unavailable(std::strerror(error));
  }
  return connection;
}

absl::StatusOr<Descriptor> Connect(const ClamdAddress& address, TimePoint deadline) {
  if (address.socket_path.empty()) return ConnectTcp(address.host_port, deadline);
  absl::StatusOr<Descriptor> connection = ConnectTo(address.socket_path, {deadline});
  if (!connection.ok()) return Unavailable(connection.status().message());
  return connection;
}

// Up to the zero byte with which a "z" command is answered, or the end.
absl::StatusOr<std::string> ReceiveReply(const Descriptor& connection, TimePoint deadline) {
  std::string reply;
  while (reply.size() < kMostReplyBytes) {
    char piece[256];
    const ssize_t count = ::recv(connection.get(), piece, sizeof(piece), MSG_DONTWAIT);
    if (count == 0) break;
    if (count > 0) {
      const absl::string_view got(piece, static_cast<size_t>(count));
      const size_t end = got.find('\0');
      absl::StrAppend(&reply, got.substr(0, end));
      if (end != absl::string_view::npos) break;
    } else if (!IsRepeatable(errno)) {
      return Unavailable(std::strerror(errno));
    } else {
      RETURN_IF_ERROR(Await(connection, POLLIN, deadline));
    }
  }
  return reply;
}

// "stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR".
absl::Status VerdictOf(absl::string_view reply) {
  if (reply == "stream: OK") return absl::OkStatus();
  if (absl::EndsWith(reply, " FOUND")) {
    return Error(absl::StatusCode::kFailedPrecondition, "INFECTED",
                 "the virus scanner found something in the attachment; its bytes are removed");
  }
  // What it says names no file of ours, and tells the operator what to mend.
  return Unavailable(reply.empty() ? "it closed the connection" : absl::StripSuffix(reply, "\n"));
}

class ClamdScan final : public Scan {
 public:
  ClamdScan(const ClamdAddress& address, absl::Duration patience)
      : deadline_(std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(patience)) {
    absl::StatusOr<Descriptor> connection = Connect(address, deadline_);
    if (!connection.ok()) {
      state_ = connection.status();
      return;
    }
    connection_ = *std::move(connection);
    state_ = SendAll(connection_, kCommand, deadline_);
  }

  void Feed(absl::string_view bytes) override {
    while (!bytes.empty() && state_.ok()) {
      const absl::string_view piece = bytes.substr(0, kPieceBytes);
      bytes.remove_prefix(piece.size());
      state_ = SendPiece(piece);
    }
  }

  absl::Status End() override {
    if (state_.ok()) state_ = SendPiece({});
    if (connection_.get() < 0) return state_;
    // It may have said why before it closed the connection on what we sent.
    const absl::StatusOr<std::string> reply = ReceiveReply(connection_, deadline_);
    if (!reply.ok()) return state_.ok() ? reply.status() : state_;
    const absl::Status verdict = VerdictOf(*reply);
    // "OK" to less than all of it is no verdict.
    return verdict.ok() ? state_ : verdict;
  }

 private:
  // Its length, four bytes with the highest first, then the piece; an empty one is the end.
  absl::Status SendPiece(absl::string_view piece) {
    const auto size = static_cast<uint32_t>(piece.size());
    const char length[] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                           static_cast<char>(size)};
    RETURN_IF_ERROR(SendAll(connection_, absl::string_view(length, sizeof(length)), deadline_));
    return SendAll(connection_, piece, deadline_);
  }

  const TimePoint deadline_;
  Descriptor connection_;
  absl::Status state_;
};

class ClamdScanner final : public Scanner {
 public:
  ClamdScanner(ClamdAddress address, absl::Duration patience) : address_(std::move(address)), patience_(patience) {}

  std::unique_ptr<Scan> Begin() const override { return std::make_unique<ClamdScan>(address_, patience_); }

 private:
  const ClamdAddress address_;
  const absl::Duration patience_;
};

}  // namespace

std::unique_ptr<Scanner> MakeClamdScanner(ClamdAddress address, absl::Duration patience) {
  return std::make_unique<ClamdScanner>(std::move(address), patience);
}

}  // namespace tamga::attachment
