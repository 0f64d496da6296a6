#include "node/exchange/address_connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tamga::exchange {
namespace {

sockaddr_storage Ipv4(const char* text, uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  EXPECT_EQ(::inet_pton(AF_INET, text, &address.sin_addr), 1);
  sockaddr_storage storage = {};
  std::memcpy(&storage, &address, sizeof(address));
  return storage;
}

sockaddr_storage Ipv6(const char* text, uint16_t port) {
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  EXPECT_EQ(::inet_pton(AF_INET6, text, &address.sin6_addr), 1);
  sockaddr_storage storage = {};
  std::memcpy(&storage, &address, sizeof(address));
  return storage;
}

TEST(ConnectionPeerTest, TheNetworkIsTheAddressOrSixtyFourBitsOfIt) {
  EXPECT_EQ(PeerOf(Ipv4("192.0.2.1", 5))->network, PeerOf(Ipv4("192.0.2.1", 6))->network);
  EXPECT_NE(PeerOf(Ipv4("192.0.2.1", 5))->network, PeerOf(Ipv4("192.0.2.2", 5))->network);
  EXPECT_EQ(PeerOf(Ipv6("2001:db8::1", 5))->network, PeerOf(Ipv6("2001:db8::2", 5))->network);
  EXPECT_NE(PeerOf(Ipv6("2001:db8::1", 5))->network, PeerOf(Ipv6("2001:db8:0:1::1", 5))->network);
  EXPECT_EQ(*PeerOf(Ipv6("::ffff:192.0.2.1", 5)), *PeerOf(Ipv4("192.0.2.1", 5)));
  EXPECT_NE(*PeerOf(Ipv4("192.0.2.1", 5)), *PeerOf(Ipv4("192.0.2.1", 6)));
  EXPECT_NE(*PeerOf(Ipv6("2001:db8::1", 5)), *PeerOf(Ipv6("2001:db8::2", 5)));
  sockaddr_storage local = {};
  local.ss_family = AF_UNIX;
  EXPECT_FALSE(PeerOf(local).has_value());
}

// A connection to ourselves, from an address of loopback's network.
class Connection {
 public:
  Connection(int listening, const char* from) {
    sockaddr_storage to = {};
    socklen_t size = sizeof(to);
    EXPECT_EQ(::getsockname(listening, reinterpret_cast<sockaddr*>(&to), &size), 0);
    client_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_storage source = Ipv4(from, 0);
    EXPECT_EQ(::bind(client_, reinterpret_cast<const sockaddr*>(&source), sizeof(sockaddr_in)), 0);
    EXPECT_EQ(::connect(client_, reinterpret_cast<const sockaddr*>(&to), sizeof(sockaddr_in)), 0);
    sockaddr_storage peer = {};
    size = sizeof(peer);
    fd_ = ::accept4(listening, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC);
    EXPECT_GE(fd_, 0);
    peer_ = PeerOf(peer).value_or(ConnectionPeer());
  }
  ~Connection() {
    ::close(client_);
    Close();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Our end, as gRPC does.
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  bool AddTo(AddressConnections& connections) const { return connections.Add(fd_, peer_); }

 private:
  int client_ = -1;
  int fd_ = -1;
  ConnectionPeer peer_;
};

class AddressConnectionsTest : public ::testing::Test {
 protected:
  AddressConnectionsTest() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_storage any = Ipv4("127.0.0.1", 0);
    EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&any), sizeof(sockaddr_in)), 0);
    EXPECT_EQ(::listen(listening_, 16), 0);
  }
  ~AddressConnectionsTest() override { ::close(listening_); }

  Connection& Connect(const char* from) {
    opened_.push_back(std::make_unique<Connection>(listening_, from));
    return *opened_.back();
  }

  AddressConnections connections_{2};

 private:
  const int listening_;
  std::vector<std::unique_ptr<Connection>> opened_;
};

TEST_F(AddressConnectionsTest, AnAddressHasItsNumberAndOthersHaveTheirs) {
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_FALSE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_FALSE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_TRUE(Connect("127.0.0.2").AddTo(connections_));
}

TEST_F(AddressConnectionsTest, AConnectionThatHasEndedMakesRoom) {
  Connection& first = Connect("127.0.0.1");
  EXPECT_TRUE(first.AddTo(connections_));
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  first.Close();
  // The kernel gives the number of the first anew: it is the other address's now.
  EXPECT_TRUE(Connect("127.0.0.2").AddTo(connections_));
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_FALSE(Connect("127.0.0.1").AddTo(connections_));
}

TEST_F(AddressConnectionsTest, ANumberThatSomethingElseHasNowIsNotCounted) {
  Connection& first = Connect("127.0.0.1");
  EXPECT_TRUE(first.AddTo(connections_));
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  first.Close();
  Connect("127.0.0.2");  // takes the number, uncounted, as a socket of another part of the process may
  EXPECT_TRUE(Connect("127.0.0.1").AddTo(connections_));
  EXPECT_FALSE(Connect("127.0.0.1").AddTo(connections_));
}

}  // namespace
}  // namespace tamga::exchange
