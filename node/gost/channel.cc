#include "node/gost/channel.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

constexpr std::chrono::seconds kPatience(5);
constexpr size_t kLengthBytes = 4;

Until Soon() { return {std::chrono::steady_clock::now() + kPatience}; }

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

// Of the process at the other end: who connected, or who listens.
absl::Status CheckPeer(const Descriptor& connection) {
  ASSIGN_OR_RETURN(const uid_t user, UserOf(connection));
  if (user == ::geteuid()) return absl::OkStatus();
  return absl::PermissionDeniedError("the process at the other end of the socket runs as another user");
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
  ASSIGN_OR_RETURN(Descriptor connection, ConnectTo(path, Soon()));
  RETURN_IF_ERROR(CheckPeer(connection));
  return Channel(std::move(connection));
}

absl::Status Channel::Send(const Fields& fields) {
  const std::string bytes = PackFields(fields);
  if (bytes.size() > kMaxFrameBytes) return absl::InvalidArgumentError("the frame is too large");
  return SendFrame(connection_, bytes, Soon());
}

absl::StatusOr<Fields> Channel::Receive() {
  ASSIGN_OR_RETURN(const std::string bytes, ReceiveFrame(connection_, kMaxFrameBytes, Soon()));
  return UnpackFields(bytes);
}

absl::StatusOr<std::unique_ptr<ChannelListener>> ChannelListener::Open(const std::string& path) {
  Descriptor stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop.get() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot listen at ", path));
  ASSIGN_OR_RETURN(Descriptor listening, ListenAt(path));
  return std::unique_ptr<ChannelListener>(new ChannelListener(path, std::move(listening), std::move(stop)));
}

ChannelListener::~ChannelListener() { ::unlink(path_.c_str()); }

absl::StatusOr<Channel> ChannelListener::Accept() {
  constexpr int kBetweenTriesMs = 100;
  while (true) {
    absl::StatusOr<Descriptor> connection =
        tamga::Accept(listening_, {std::chrono::steady_clock::time_point::max(), stop_.get()});
    if (absl::IsCancelled(connection.status())) return connection.status();
    if (connection.ok() && CheckPeer(*connection).ok()) return Channel(*std::move(connection));
    if (connection.ok()) continue;
    // Out of descriptors: wait for connections to end instead of spinning.
    pollfd stop = {stop_.get(), POLLIN, 0};
    ::poll(&stop, 1, kBetweenTriesMs);
  }
}

void ChannelListener::Stop() {
  const uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

}  // namespace tamga::gost
