// What the server says it bears, and when it ends connections by itself.
#include "node/main/server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::node {
namespace {

// The client's preface and an empty SETTINGS frame (RFC 9113 section 3.4).
constexpr absl::string_view kGreeting("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr uint8_t kSettings = 4;
constexpr uint16_t kMaxConcurrentStreams = 3;
constexpr uint16_t kMaxHeaderListSize = 6;
constexpr absl::Duration kNever = absl::Hours(1);
constexpr absl::Duration kSoon = absl::Milliseconds(100);
constexpr int kStreams = 7;

// A connection without TLS that waits a minute for what the server says.
class Client {
 public:
  explicit Client(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    uint32_t port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(absl::string_view(address).substr(address.rfind(':') + 1), &port));
    sockaddr_in target = {};
    target.sin_family = AF_INET;
    target.sin_port = htons(static_cast<uint16_t>(port));
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&target), sizeof(target)), 0);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Greet() const {
    EXPECT_EQ(::send(fd_, kGreeting.data(), kGreeting.size(), MSG_NOSIGNAL), static_cast<ssize_t>(kGreeting.size()));
  }

  struct Frame {
    uint8_t type = 0;
    std::string payload;
  };
  // The next frame; false when the server has ended the connection, or says nothing for a minute.
  bool Read(Frame* frame) {
    std::string header;
    if (!ReadBytes(9, &header)) return false;
    frame->type = static_cast<uint8_t>(header[3]);
    return ReadBytes(static_cast<size_t>(Number(header.substr(0, 3))), &frame->payload);
  }
  // Whether the server was the one who ended it.
  bool has_ended() const { return has_ended_; }

  static uint32_t Number(absl::string_view bytes) {
    uint32_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
  }

 private:
  bool ReadBytes(size_t size, std::string* bytes) {
    bytes->assign(size, '\0');
    for (size_t done = 0; done < size;) {
      const ssize_t got = ::recv(fd_, bytes->data() + done, size - done, 0);
      has_ended_ = got == 0 || (got < 0 && errno == ECONNRESET);
      if (got <= 0) return false;
      done += static_cast<size_t>(got);
    }
    return true;
  }

  const int fd_;
  bool has_ended_ = false;
};

class ServerTest : public ::testing::Test {
 protected:
  void Start(const ConnectionTimes& times, const exchange::ConnectionBounds& bounds = {1'000, 100}) {
    v1::NodeConfig config;
    config.mutable_limits()->set_max_message_bytes(1 << 20);
    config.mutable_limits()->set_max_concurrent_streams(kStreams);
    ASSERT_OK_AND_ASSIGN(listener_, exchange::Listener::Open("127.0.0.1:0", bounds));
    ASSERT_OK_AND_ASSIGN(server_,
                         Server::Start(config, *listener_, grpc::InsecureServerCredentials(), {&service_}, times));
  }

  // That the server ends the connection of a client who greeted and asks nothing.
  void ExpectLeave() {
    Client client(listener_->address());
    client.Greet();
    Client::Frame frame;
    while (client.Read(&frame)) continue;
    EXPECT_TRUE(client.has_ended());
  }

  v1::AdminService::CallbackService service_;
  std::unique_ptr<exchange::Listener> listener_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, ItGreetsWithItsBoundsOnStreamsAndMetadata) {
  Start({});
  Client client(listener_->address());
  client.Greet();
  Client::Frame frame;
  ASSERT_TRUE(client.Read(&frame));
  ASSERT_EQ(frame.type, kSettings);
  std::map<uint32_t, uint32_t> settings;
  for (size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
    settings[Client::Number(frame.payload.substr(at, 2))] = Client::Number(frame.payload.substr(at + 2, 4));
  }
  EXPECT_EQ(settings[kMaxConcurrentStreams], static_cast<uint32_t>(kStreams));
  EXPECT_EQ(settings[kMaxHeaderListSize], 8u << 10);
}

// Nobody outside is to fill the disk.
TEST_F(ServerTest, ManyConnectionsThatAreRefusedAreFewLinesOfTheLog) {
  constexpr int kConnections = 50;
  Start({}, {1'000, 1});
  const Client first(listener_->address());
  testing::internal::CaptureStderr();
  for (int i = 0; i < kConnections; ++i) {
    Client client(listener_->address());
    Client::Frame frame;
    EXPECT_FALSE(client.Read(&frame));
    EXPECT_TRUE(client.has_ended());
  }
  const std::vector<std::string> parts =
      absl::StrSplit(testing::internal::GetCapturedStderr(), "\"connection refused\"");
  EXPECT_GE(parts.size(), 2u);
  EXPECT_LT(parts.size(), kConnections / 2);
}

TEST_F(ServerTest, MetadataBeyondTheBoundIsRefused) {
  Start({});
  const auto stub =
      v1::AdminService::NewStub(grpc::CreateChannel(listener_->address(), grpc::InsecureChannelCredentials()));
  const auto ask = [&](size_t bytes) {
    grpc::ClientContext context;
    context.AddMetadata("filler", std::string(bytes, 'f'));
    v1::GetNodeStatusResponse response;
    return stub->GetNodeStatus(&context, v1::GetNodeStatusRequest(), &response).error_code();
  };
  EXPECT_EQ(ask(4 << 10), grpc::StatusCode::UNIMPLEMENTED);  // by a service that does nothing
  EXPECT_EQ(ask(9 << 10), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, WhoDoesNotGreetInTimeIsLeft) {
  Start({.handshake = kSoon, .idle = kNever, .age = kNever, .age_grace = kNever});
  Client client(listener_->address());
  Client::Frame frame;
  while (client.Read(&frame)) continue;
  EXPECT_TRUE(client.has_ended());
}

TEST_F(ServerTest, WhoAsksNothingIsLeft) {
  Start({.handshake = kNever, .idle = kSoon, .age = kNever, .age_grace = kNever});
  ExpectLeave();
}

TEST_F(ServerTest, AConnectionHasAnAge) {
  Start({.handshake = kNever, .idle = kNever, .age = kSoon, .age_grace = kSoon});
  ExpectLeave();
}

TEST_F(ServerTest, TheTimesAreThoseThatAreDocumented) {
  const ConnectionTimes times;
  EXPECT_EQ(times.handshake, absl::Seconds(5));
  EXPECT_EQ(times.idle, absl::Seconds(90));
  EXPECT_EQ(times.age, absl::Minutes(10));
  EXPECT_EQ(times.age_grace, absl::Seconds(30));
}

}  // namespace
}  // namespace tamga::node
