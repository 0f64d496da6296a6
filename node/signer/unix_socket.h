// Frames over Unix sockets, with a bound on how long and how much.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::signer {

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  int Release();
  void Close();

  int fd_;
};

// How long to wait.
struct Until {
  std::chrono::steady_clock::time_point deadline;
  int stop_fd = -1;  // waiting ends when this becomes readable; -1: nothing else ends it
};

// Listens at `path`, which only this process's user may connect to (mode 0600). A socket that nobody listens at any
// more is replaced. FailedPrecondition if somebody does, or something else stands there.
absl::StatusOr<Descriptor> ListenAt(const std::string& path);
// The socket that the service manager has passed (LISTEN_FDS, sd_listen_fds(3)); an empty descriptor if it has none.
// FailedPrecondition if it is not a listening Unix socket.
absl::StatusOr<Descriptor> PassedSocket();

// Unavailable if nobody listens.
absl::StatusOr<Descriptor> ConnectTo(const std::string& path);
// The next connection. Unavailable if there is none until then.
absl::StatusOr<Descriptor> Accept(const Descriptor& listening, const Until& until);
// The user at the other end (SO_PEERCRED), as it was when it connected.
absl::StatusOr<uid_t> UserOf(const Descriptor& connection);

// Unavailable if it does not come through until then.
absl::Status SendFrame(const Descriptor& connection, absl::string_view bytes, const Until& until);
// Waits for the beginning until `begin`, and from then for `rest`; without a rest, for all of it until `begin`.
// Unavailable if it does not come or the other side closes; InvalidArgument for an empty frame or one of more than
// `most` bytes, of which nothing is read.
absl::StatusOr<std::string> ReceiveFrame(const Descriptor& connection, size_t most, const Until& begin,
                                         std::optional<std::chrono::milliseconds> rest = std::nullopt);

}  // namespace tamga::signer
