// Between the node and a helper program of the same user: frames of fields over a Unix socket. All socket code of the
// helper is here.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::gost {

using Fields = std::vector<std::string>;
inline constexpr size_t kMaxFrameBytes = 64 << 10;
// What the system takes for the path of a socket.
inline constexpr size_t kMaxPathBytes = 107;

// The bytes of a frame without its length: of each field, its length in 4 bytes, big-endian, and its bytes.
std::string PackFields(const Fields& fields);
// InvalidArgument for bytes that are no such fields.
absl::StatusOr<Fields> UnpackFields(absl::string_view bytes);

// A connection. Sending and receiving end within 5 seconds without progress.
class Channel {
 public:
  // Unavailable if nobody listens at `path`, PermissionDenied if another user does.
  static absl::StatusOr<Channel> Connect(const std::string& path);

  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  // Unavailable where the other side is gone or silent; InvalidArgument for a frame above kMaxFrameBytes.
  absl::Status Send(const Fields& fields);
  absl::StatusOr<Fields> Receive();

 private:
  friend class ChannelListener;
  explicit Channel(int fd) : fd_(fd) {}

  absl::Status WriteAll(absl::string_view bytes) const;
  absl::Status ReadAll(char* bytes, size_t size) const;

  int fd_;
};

// A socket of mode 0600 that lets in processes of this process's user alone. Thread-safe.
class ChannelListener {
 public:
  // Takes the place of a socket at which nobody listens any more. AlreadyExists if somebody does, or the path is of
  // something else; InvalidArgument for a path that is too long.
  static absl::StatusOr<std::unique_ptr<ChannelListener>> Open(const std::string& path);
  // Removes the socket.
  ~ChannelListener();

  // The next connection, whenever it comes; Cancelled after Stop, for all threads that wait.
  absl::StatusOr<Channel> Accept();
  void Stop();

 private:
  ChannelListener(std::string path, int fd, int stop_fd) : path_(std::move(path)), fd_(fd), stop_fd_(stop_fd) {}

  const std::string path_;
  const int fd_;
  const int stop_fd_;
};

}  // namespace tamga::gost
