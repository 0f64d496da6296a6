#include "node/gost/channel.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

constexpr timeval kPatience = {5, 0};
constexpr int kBacklog = 64;
constexpr size_t kLengthBytes = 4;

std::string Length(size_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift & 0xff));
  return bytes;
}

size_t ReadLength(absl::string_view bytes) {
  size_t size = 0;
  for (const char byte : bytes.substr(0, kLengthBytes)) size = size << 8 | static_cast<unsigned char>(byte);
  return size;
}

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  static_assert(kMaxPathBytes < sizeof(address.sun_path));
  if (path.empty() || path.size() > kMaxPathBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the path of a socket has 1 to ", kMaxPathBytes, " bytes"));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* Generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

absl::Status Failed(absl::string_view what) { return absl::ErrnoToStatus(errno, what); }

// Of the process at the other end: who connected, or who listens.
absl::Status CheckPeer(int fd) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return Failed("cannot tell whose process it is");
  if (peer.uid == ::geteuid()) return absl::OkStatus();
  return absl::PermissionDeniedError("the process at the other end of the socket runs as another user");
}

void SetPatience(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
}

// Removes a socket that its process left behind.
absl::Status ClearPath(const std::string& path) {
  struct stat found = {};
  if (::lstat(path.c_str(), &found) != 0) return errno == ENOENT ? absl::OkStatus() : Failed(path);
  if (!S_ISSOCK(found.st_mode)) return absl::AlreadyExistsError(absl::StrCat(path, " is there and is no socket"));
  if (Channel::Connect(path).ok()) {
    return absl::AlreadyExistsError(absl::StrCat("another process listens at ", path, " already"));
  }
  return ::unlink(path.c_str()) == 0 ? absl::OkStatus() : Failed(absl::StrCat("cannot remove ", path));
}

}  // namespace

std::string PackFields(const Fields& fields) {
  std::string bytes;
  for (const std::string& field : fields) absl::StrAppend(&bytes, Length(field.size()), field);
  return bytes;
}

absl::StatusOr<Fields> UnpackFields(absl::string_view bytes) {
  Fields fields;
  while (!bytes.empty()) {
    const size_t size = ReadLength(bytes);
    if (bytes.size() < kLengthBytes || bytes.size() - kLengthBytes < size) {
      return absl::InvalidArgumentError("a frame ends within a field");
    }
    fields.emplace_back(bytes.substr(kLengthBytes, size));
    bytes.remove_prefix(kLengthBytes + size);
  }
  return fields;
}

absl::StatusOr<Channel> Channel::Connect(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::UnavailableError(absl::StrCat("cannot make a socket: ", std::strerror(errno)));
  Channel channel(fd);
  SetPatience(fd);
  if (::connect(fd, Generic(address), sizeof(address)) != 0) {
    return absl::UnavailableError(absl::StrCat("nobody listens at the socket: ", std::strerror(errno)));
  }
  RETURN_IF_ERROR(CheckPeer(fd));
  return channel;
}

Channel::Channel(Channel&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Channel::~Channel() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status Channel::WriteAll(absl::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return absl::UnavailableError("the other process takes nothing");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status Channel::ReadAll(char* bytes, size_t size) const {
  while (size > 0) {
    const ssize_t got = ::recv(fd_, bytes, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return absl::UnavailableError("the other process says nothing");
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status Channel::Send(const Fields& fields) {
  const std::string bytes = PackFields(fields);
  if (bytes.size() > kMaxFrameBytes) return absl::InvalidArgumentError("the frame is too large");
  return WriteAll(absl::StrCat(Length(bytes.size()), bytes));
}

absl::StatusOr<Fields> Channel::Receive() {
  std::array<char, kLengthBytes> length = {};
  RETURN_IF_ERROR(ReadAll(length.data(), length.size()));
  const size_t size = ReadLength({length.data(), length.size()});
  if (size > kMaxFrameBytes) return absl::InvalidArgumentError("the frame is too large");
  std::string bytes(size, '\0');
  RETURN_IF_ERROR(ReadAll(bytes.data(), size));
  return UnpackFields(bytes);
}

absl::StatusOr<std::unique_ptr<ChannelListener>> ChannelListener::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, AddressOf(path));
  RETURN_IF_ERROR(ClearPath(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int stop_fd = ::eventfd(0, EFD_CLOEXEC);
  // The mode before the name is there, so that nobody can connect in between.
  if (fd < 0 || stop_fd < 0 || ::fchmod(fd, 0600) != 0 || ::bind(fd, Generic(address), sizeof(address)) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    const absl::Status status = Failed(absl::StrCat("cannot listen at ", path));
    if (fd >= 0) ::close(fd);
    if (stop_fd >= 0) ::close(stop_fd);
    return status;
  }
  return std::unique_ptr<ChannelListener>(new ChannelListener(path, fd, stop_fd));
}

ChannelListener::~ChannelListener() {
  ::unlink(path_.c_str());
  ::close(fd_);
  ::close(stop_fd_);
}

absl::StatusOr<Channel> ChannelListener::Accept() {
  while (true) {
    pollfd waits[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return Failed("cannot wait for connections");
    if (waits[1].revents != 0) return absl::CancelledError("stopped");
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      // Out of descriptors: wait for connections to end instead of spinning.
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) ::poll(&waits[1], 1, 100);
      continue;
    }
    Channel channel(fd);
    SetPatience(fd);
    if (CheckPeer(fd).ok()) return channel;
  }
}

void ChannelListener::Stop() {
  const uint64_t one = 1;
  while (::write(stop_fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

}  // namespace tamga::gost
