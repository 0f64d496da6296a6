// Whether the node's own listener lives. What runs inside the process (heartbeat.h) does not notice one that has died,
// so this asks as everybody else does: over the network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/repeating_thread.h"
#include "node/exchange/tls.h"

namespace tamga::node {

// How long a probe may take.
inline constexpr absl::Duration kProbePatience = absl::Seconds(2);
// After so many probes in a row without an answer the listener counts as dead.
inline constexpr int kMostMisses = 3;

// Connects to `address` ("127.0.0.1:7401"), says a TLS 1.3 hello as `identity` and waits for the greeting in HTTP/2. OK
// also if the other side ends the connection instead: it lives, and has its bounds. Unavailable if nobody listens,
// DeadlineExceeded if nothing comes within `patience`, the error of the identity if it is not in order.
absl::Status ProbeListener(const std::string& address, const exchange::TlsIdentity& identity, absl::Duration patience);

// What follows from the probes. Not thread-safe.
class ListenerWatch {
 public:
  // Both only grow.
  struct Progress {
    uint64_t taken = 0;     // connections that the listener took from the kernel
    uint64_t answered = 0;  // calls of the heartbeat that gRPC answered
  };
  struct Parts {
    std::function<absl::Status()> probe;
    std::function<void(bool)> set_serving;  // what the node's health says
    std::function<void()> feed_watchdog;    // of the service manager, which restarts what does not feed it
    std::function<Progress()> progress = [] { return Progress(); };
  };
  explicit ListenerWatch(Parts parts) : parts_(std::move(parts)) {}

  // Probes once. A probe that is not answered counts as a miss unless, since the last one, the listener has taken other
  // connections and gRPC has answered the heartbeat: then it is busy, as with a flood of slow handshakes before which
  // the probe's has to wait, and to restart it would help whoever floods it (LISTENER_BUSY in the log, once).
  // Feeds the watchdog unless the listener counts as dead; when it begins to, says so in the log
  // (LISTENER_DEAD) and as health, and takes that back when it answers again.
  void Look();

 private:
  const Parts parts_;
  int misses_ = 0;  // in a row
  bool is_busy_ = false;
  Progress before_;
};

// Looks at once and then every five seconds, until destroyed.
class SelfProbe {
 public:
  explicit SelfProbe(ListenerWatch::Parts parts);

 private:
  ListenerWatch watch_;
  RepeatingThread thread_;
};

}  // namespace tamga::node
