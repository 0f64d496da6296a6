#include "node/base/unix_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga {
namespace {

constexpr int kFirstPassedDescriptor = 3;  // SD_LISTEN_FDS_START
constexpr int kBacklog = 64;
constexpr size_t kLengthBytes = 4;

absl::Status Unreachable(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  static_assert(kMaxSocketPathBytes < sizeof(address.sun_path));
  if (path.empty() || path.size() > kMaxSocketPathBytes) {
    return absl::FailedPreconditionError(absl::StrCat("the path of a socket has 1 to ", kMaxSocketPathBytes, " bytes"));
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

absl::Status CheckFolder(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string folder = parent.empty() ? "." : parent;
  struct stat info = {};
  if (::stat(folder.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot inspect the socket's folder ", folder));
  }
  const uid_t user = ::geteuid();
  if (info.st_uid != user && info.st_uid != 0) {
    return absl::FailedPreconditionError(absl::StrCat("the socket's folder ", folder, " belongs to user ", info.st_uid,
                                                      ", who could put another socket there; run: chown ", user, " ",
                                                      folder));
  }
  if ((info.st_mode & 022) == 0 || (info.st_mode & S_ISVTX) != 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("others may put another socket into the socket's folder ", folder, "; run: chmod go-w ", folder));
}

Descriptor NewSocket() { return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

// 0, or why not. It is done at once or not at all, as a Unix socket has no handshake.
int TryToConnect(const Descriptor& connection, const sockaddr_un& address) {
  const bool is_done = ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  return is_done ? 0 : errno;
}

// A socket that a process left behind when it died: it refuses. One that is only too busy to take us is in use.
absl::Status RemoveLeftover(const std::string& path, const sockaddr_un& address) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is there and is no socket; name another path"));
  }
  if (TryToConnect(NewSocket(), address) != ECONNREFUSED) {
    return absl::FailedPreconditionError(absl::StrCat("another process listens at ", path, "; stop it"));
  }
  ::unlink(path.c_str());
  return absl::OkStatus();
}

// Waits until the descriptor is ready for `events`.
absl::Status WaitFor(const Descriptor& connection, int16_t events, const Until& until) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until.deadline - std::chrono::steady_clock::now()).count();
    pollfd polled[] = {{connection.get(), events, 0}, {until.stop_fd, POLLIN, 0}};
    const int ready = ::poll(polled, 2, static_cast<int>(std::clamp<int64_t>(left, 0, 60'000)));
    if (ready < 0 && errno != EINTR) return Unreachable("cannot wait for the other side");
    if (ready > 0) return polled[1].revents == 0 ? absl::OkStatus() : absl::CancelledError("stopping");
    if (left <= 0) return absl::UnavailableError("the other side takes too long");
  }
}

bool IsRepeatable(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

absl::StatusOr<std::string> Receive(const Descriptor& connection, size_t size, const Until& until) {
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    RETURN_IF_ERROR(WaitFor(connection, POLLIN, until));
    const ssize_t count = ::recv(connection.get(), bytes.data() + done, size - done, 0);
    if (count == 0) return absl::UnavailableError("the other side closed the connection");
    if (count < 0 && !IsRepeatable(errno)) return Unreachable("cannot receive");
    if (count > 0) done += static_cast<size_t>(count);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Descriptor> ListenAt(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  RETURN_IF_ERROR(CheckFolder(path));
  RETURN_IF_ERROR(RemoveLeftover(path, address));
  Descriptor listening = NewSocket();
  // Nobody can connect before listen(), and so not before the mode is set.
  if (listening.get() < 0 ||
      ::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(listening.get(), kBacklog) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot listen at ", path));
  }
  return listening;
}

absl::StatusOr<Descriptor> PassedSocket() {
  const char* const pid = std::getenv("LISTEN_PID");
  const char* const count = std::getenv("LISTEN_FDS");
  int pid_value = 0;
  int count_value = 0;
  const bool for_us = pid != nullptr && count != nullptr && absl::SimpleAtoi(pid, &pid_value) &&
                      absl::SimpleAtoi(count, &count_value) && pid_value == ::getpid() && count_value >= 1;
  if (!for_us) return Descriptor();
  int family = 0;
  int accepts = 0;
  socklen_t size = sizeof(int);
  socklen_t accepts_size = sizeof(int);
  const bool listens =
      ::getsockopt(kFirstPassedDescriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_UNIX &&
      ::getsockopt(kFirstPassedDescriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &accepts_size) == 0 && accepts == 1;
  if (!listens) return absl::FailedPreconditionError("the service manager passed what is no listening Unix socket");
  ::fcntl(kFirstPassedDescriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(kFirstPassedDescriptor, F_SETFL, ::fcntl(kFirstPassedDescriptor, F_GETFL) | O_NONBLOCK);
  return Descriptor(kFirstPassedDescriptor);
}

absl::StatusOr<Descriptor> ConnectTo(const std::string& path, const Until& until) {
  constexpr int kBetweenTriesMs = 10;
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  Descriptor connection = NewSocket();
  if (connection.get() < 0) return Unreachable("cannot make a socket");
  while (true) {
    const int error = TryToConnect(connection, address);
    if (error == 0) return connection;
    const bool is_late = std::chrono::steady_clock::now() >= until.deadline;
    if ((error != EAGAIN && error != EINTR) || is_late) {
      return absl::UnavailableError(absl::StrCat("nobody listens at the socket: ", std::strerror(error)));
    }
    pollfd stop = {until.stop_fd, POLLIN, 0};
    if (::poll(&stop, 1, kBetweenTriesMs) > 0) return absl::CancelledError("stopping");
  }
}

absl::StatusOr<Descriptor> Accept(const Descriptor& listening, const Until& until) {
  while (true) {
    RETURN_IF_ERROR(WaitFor(listening, POLLIN, until));
    Descriptor connection(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.get() >= 0) return connection;
    // Another thread was faster, or whoever connected is gone.
    if (!IsRepeatable(errno) && errno != ECONNABORTED) return Unreachable("cannot accept");
  }
}

absl::StatusOr<uid_t> UserOf(const Descriptor& connection) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof(peer)) {
    return Unreachable("cannot tell who connected");
  }
  return peer.uid;
}

absl::Status SendFrame(const Descriptor& connection, absl::string_view bytes, const Until& until) {
  std::string frame(kLengthBytes, '\0');
  for (size_t i = 0; i < kLengthBytes; ++i) frame[i] = static_cast<char>(bytes.size() >> (8 * (kLengthBytes - 1 - i)));
  absl::StrAppend(&frame, bytes);
  for (size_t done = 0; done < frame.size();) {
    RETURN_IF_ERROR(WaitFor(connection, POLLOUT, until));
    const ssize_t count = ::send(connection.get(), frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
    if (count < 0 && !IsRepeatable(errno)) return Unreachable("cannot send");
    if (count > 0) done += static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReceiveFrame(const Descriptor& connection, size_t most, const Until& begin,
                                         std::optional<std::chrono::milliseconds> rest) {
  ASSIGN_OR_RETURN(std::string length, Receive(connection, 1, begin));
  const Until end = {rest ? std::chrono::steady_clock::now() + *rest : begin.deadline, begin.stop_fd};
  ASSIGN_OR_RETURN(const std::string more, Receive(connection, kLengthBytes - 1, end));
  uint32_t size = 0;
  for (const char byte : length + more) size = size << 8 | static_cast<uint8_t>(byte);
  if (size > most) {
    return absl::InvalidArgumentError(absl::StrCat("a frame of ", size, " bytes; at most ", most, " are read"));
  }
  return Receive(connection, size, end);
}

}  // namespace tamga
