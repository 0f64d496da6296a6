// Between the node and a helper program of the same user: frames of fields over a Unix socket
// (node/base/unix_socket.h).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/unix_socket.h"

namespace tamga::gost {

using Fields = std::vector<std::string>;
inline constexpr size_t kMaxFrameBytes = 64 << 10;

// The bytes of a frame without its length: of each field, its length in 4 bytes, big-endian, and its bytes.
std::string PackFields(const Fields& fields);
// InvalidArgument for bytes that are no such fields.
absl::StatusOr<Fields> UnpackFields(absl::string_view bytes);

// A connection. To connect, to send and to receive take 5 seconds each at most.
class Channel {
 public:
  // Unavailable if nobody listens at `path`, PermissionDenied if another user does.
  static absl::StatusOr<Channel> Connect(const std::string& path);

  // Unavailable where the other side is gone or silent; InvalidArgument for a frame above kMaxFrameBytes.
  absl::Status Send(const Fields& fields);
  absl::StatusOr<Fields> Receive();

 private:
  friend class ChannelListener;
  explicit Channel(Descriptor connection) : connection_(std::move(connection)) {}

  Descriptor connection_;
};

// A socket of mode 0600 that lets in processes of this process's user alone. Thread-safe.
class ChannelListener {
 public:
  // As ListenAt, with its errors.
  static absl::StatusOr<std::unique_ptr<ChannelListener>> Open(const std::string& path);
  // Removes the socket.
  ~ChannelListener();

  // The next connection, whenever it comes; Cancelled after Stop, for all threads that wait.
  absl::StatusOr<Channel> Accept();
  void Stop();

 private:
  ChannelListener(std::string path, Descriptor listening, Descriptor stop)
      : path_(std::move(path)), listening_(std::move(listening)), stop_(std::move(stop)) {}

  const std::string path_;
  const Descriptor listening_;
  const Descriptor stop_;  // an eventfd that is readable when all is to end
};

}  // namespace tamga::gost
