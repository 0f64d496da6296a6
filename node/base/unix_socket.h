// Frames over Unix sockets, with a bound on how long and how much.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/descriptor.h"

namespace tamga {

// What the system takes for the path of a socket.
inline constexpr size_t kMaxSocketPathBytes = 107;

// How long to wait. Whatever waits is Unavailable at the deadline.
struct Until {
  std::chrono::steady_clock::time_point deadline;
  int stop_fd = -1;  // waiting ends, Cancelled, when this becomes readable; -1: nothing else ends it
};

// Listens at `path`, which only this process's user may connect to (mode 0600). A socket that nobody listens at any
// more is replaced. FailedPrecondition, with the fix, if somebody does, something else stands there, the path is too
// long, or others than this user and root could put another socket in its place: its folder has to be this user's or
// root's, and writable for nobody else, unless only owners may remove files there (sticky, as /tmp).
absl::StatusOr<Descriptor> ListenAt(const std::string& path);
// The socket that the service manager has passed (LISTEN_FDS, sd_listen_fds(3)); an empty descriptor if it has none.
// FailedPrecondition if it is not a listening Unix socket.
absl::StatusOr<Descriptor> PassedSocket();

// Unavailable, without the path, if nobody listens; waits where too many others do for who listens to take them.
absl::StatusOr<Descriptor> ConnectTo(const std::string& path, const Until& until);
// The next connection. Unavailable also where the system has none to give, such as for want of descriptors: whoever
// goes on waits a little first.
absl::StatusOr<Descriptor> Accept(const Descriptor& listening, const Until& until);
// The user at the other end (SO_PEERCRED), as it was when it connected.
absl::StatusOr<uid_t> UserOf(const Descriptor& connection);

// Unavailable if it does not come through until then.
absl::Status SendFrame(const Descriptor& connection, absl::string_view bytes, const Until& until);
// Waits for the beginning until `begin`, and from then for `rest`; without a rest, for all of it until `begin`.
// Unavailable if it does not come or the other side closes; InvalidArgument for a frame of more than `most` bytes, of
// which nothing is read.
absl::StatusOr<std::string> ReceiveFrame(const Descriptor& connection, size_t most, const Until& begin,
                                         std::optional<std::chrono::milliseconds> rest = std::nullopt);

}  // namespace tamga
