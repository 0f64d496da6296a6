// How many connections one address has open at once. gRPC owns a connection once it was handed over and does not say
// when it ends, so this asks the kernel, and only when the answer matters.
#pragma once

#include <sys/socket.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tamga::exchange {

// The other end of a connection.
struct ConnectionPeer {
  std::string network;   // IPv4 address, or the first 64 bits of an IPv6 one, which its owner has as a whole
  std::string endpoint;  // all of the address, and the port
  bool operator==(const ConnectionPeer&) const = default;
};

// None for other kinds of socket. An IPv4 address that is mapped into IPv6 is the IPv4 address.
std::optional<ConnectionPeer> PeerOf(const sockaddr_storage& address);

// Not thread-safe.
class AddressConnections {
 public:
  explicit AddressConnections(size_t most) : most_(most) {}

  // Counts `fd`, which accept(2) has just given, from `peer`. False, and not counted, if as many connections of the
  // peer's network are open; the caller then closes it.
  bool Add(int fd, const ConnectionPeer& peer);

 private:
  void Forget(int fd);
  // Whether `fd` is still the connection that was counted.
  bool IsOpen(int fd) const;

  const size_t most_;
  std::map<int, ConnectionPeer> peers_;              // by descriptor; some have ended
  std::map<std::string, std::vector<int>> numbers_;  // descriptors by network
};

}  // namespace tamga::exchange
