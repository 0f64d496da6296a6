#include "node/exchange/address_connections.h"

#include <netinet/in.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tamga::exchange {
namespace {

constexpr size_t kNetworkBytes = 8;  // of an IPv6 address

std::string BytesOf(const void* data, size_t size) { return std::string(static_cast<const char*>(data), size); }

ConnectionPeer PeerOfIpv4(const void* address, in_port_t port) {
  const std::string bytes = BytesOf(address, sizeof(in_addr));
  return {bytes, absl::StrCat(bytes, BytesOf(&port, sizeof(port)))};
}

}  // namespace

std::optional<ConnectionPeer> PeerOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in ipv4 = {};
    std::memcpy(&ipv4, &address, sizeof(ipv4));
    return PeerOfIpv4(&ipv4.sin_addr, ipv4.sin_port);
  }
  if (address.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 ipv6 = {};
  std::memcpy(&ipv6, &address, sizeof(ipv6));
  const std::string bytes = BytesOf(&ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
  if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) return PeerOfIpv4(bytes.data() + 12, ipv6.sin6_port);
  return ConnectionPeer{bytes.substr(0, kNetworkBytes),
                        absl::StrCat(bytes, BytesOf(&ipv6.sin6_port, sizeof(ipv6.sin6_port)))};
}

bool AddressConnections::Add(int fd, const ConnectionPeer& peer) {
  Forget(fd);  // the kernel gave the number anew, so what had it has ended
  const auto found = numbers_.find(peer.network);
  if (found != numbers_.end() && found->second.size() >= most_) {
    for (const int number : std::vector<int>(found->second)) {
      if (!IsOpen(number)) Forget(number);
    }
  }
  std::vector<int>& numbers = numbers_[peer.network];
  if (numbers.size() >= most_) return false;
  numbers.push_back(fd);
  peers_[fd] = peer;
  return true;
}

void AddressConnections::Forget(int fd) {
  const auto found = peers_.find(fd);
  if (found == peers_.end()) return;
  const auto of_network = numbers_.find(found->second.network);
  std::erase(of_network->second, fd);
  if (of_network->second.empty()) numbers_.erase(of_network);
  peers_.erase(found);
}

// The number may be another socket's by now, of gRPC's or of ours: then its other end is another one.
bool AddressConnections::IsOpen(int fd) const {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  return PeerOf(address) == peers_.at(fd);
}

}  // namespace tamga::exchange
