// What a caller cannot use up, and what a node does not speak.
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/raw_tls.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

constexpr int kMaxDescriptors = 100;
constexpr size_t kMaxMessageBytes = 1 << 20;

class BoundsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::signal(SIGPIPE, SIG_IGN);  // the raw client writes to connections that the node has closed
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior});
    ASSERT_NE(federation_, nullptr);
    v1::NodeConfig config = federation_->config(kInterior);
    config.mutable_limits()->set_max_descriptors(kMaxDescriptors);
    ASSERT_OK(federation_->Reconfigure(kInterior, config));
    ASSERT_OK(federation_->StartAll());
  }
  static void TearDownTestSuite() { federation_.reset(); }

  static Reached ConnectRawly(int version, const std::string& application) {
    SystemRng rng;
    const absl::StatusOr<certs::KeyAndCertificate> files =
        federation_->authority("KAZ").Issue(SystemOf(kInterior), absl::Hours(24), SystemClock().Now(), rng);
    EXPECT_OK(files);
    if (!files.ok()) return Reached::kNowhere;
    return ConnectRaw(federation_->address(kInterior), {files->chain_pem, files->key_pem}, {version, application});
  }

  // Publishes an alert whose remarks are `bytes` long, which no alert's may be.
  static absl::Status Publish(size_t bytes, grpc_compression_algorithm compression) {
    const auto context = Patience();
    context->set_compression_algorithm(compression);
    v1::PublishAlertRequest request;
    request.mutable_alert()->set_remarks(std::string(bytes, 'r'));
    v1::PublishAlertResponse response;
    const auto stub = v1::WatchlistService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    return exchange::FromGrpc(stub->PublishAlert(context.get(), request, &response));
  }

  inline static std::unique_ptr<Federation> federation_;
};

TEST_F(BoundsTest, Tls13WithHttp2IsSpoken) { EXPECT_EQ(ConnectRawly(TLS1_3_VERSION, "h2"), Reached::kServed); }

TEST_F(BoundsTest, Tls12IsRefused) { EXPECT_EQ(ConnectRawly(TLS1_2_VERSION, "h2"), Reached::kHandshake); }

TEST_F(BoundsTest, WithoutHttp2AgreedUponNothingIsSaid) {
  EXPECT_EQ(ConnectRawly(TLS1_3_VERSION, ""), Reached::kClosed);
  EXPECT_EQ(ConnectRawly(TLS1_3_VERSION, "http/1.1"), Reached::kClosed);
}

TEST_F(BoundsTest, AMessageBeyondTheLimitIsRefusedUnread) {
  EXPECT_THAT(Publish(kMaxMessageBytes - 100, GRPC_COMPRESS_NONE), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Publish(kMaxMessageBytes, GRPC_COMPRESS_NONE), StatusIs(StatusCode::kResourceExhausted));
}

TEST_F(BoundsTest, CompressedMessagesAreRefused) {
  EXPECT_THAT(Publish(10'000, GRPC_COMPRESS_GZIP), StatusIs(StatusCode::kUnimplemented));
  EXPECT_THAT(Publish(10'000, GRPC_COMPRESS_DEFLATE), StatusIs(StatusCode::kUnimplemented));
}

TEST_F(BoundsTest, AConnectionThatSaysNothingIsClosed) {
  pollfd connection = {ConnectTcp(federation_->address(kInterior)), POLLIN, 0};
  ASSERT_GE(connection.fd, 0);
  ASSERT_EQ(::poll(&connection, 1, 60'000), 1);
  char byte = 0;
  EXPECT_LE(::recv(connection.fd, &byte, 1, 0), 0);
  ::close(connection.fd);
}

// A node of its own: an address that has used up its number is not served before one of them has ended.
TEST(AddressBoundTest, OneAddressHasSoManyConnectionsAndNotMore) {
  const std::unique_ptr<Federation> federation = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior});
  ASSERT_NE(federation, nullptr);
  v1::NodeConfig config = federation->config(kInterior);
  config.mutable_limits()->set_max_connections_per_address(4);
  ASSERT_OK(federation->Reconfigure(kInterior, config));
  ASSERT_OK(federation->StartAll());
  std::vector<pollfd> connections;
  for (int i = 0; i < 5; ++i) {
    connections.push_back({ConnectTcp(federation->address(kInterior)), POLLIN, 0});
    ASSERT_GE(connections.back().fd, 0);
  }
  EXPECT_GT(::poll(connections.data(), connections.size(), 60'000), 0);  // one was closed
  EXPECT_THAT(federation->node(kInterior).LogText(), HasSubstr("TOO_MANY_OF_ADDRESS"));
  for (const pollfd& connection : connections) ::close(connection.fd);
  EXPECT_OK(federation->WaitUntilServing(kInterior));
}

TEST(SelfProbeTest, ANodeWhoseListenerAcceptsNoMoreSaysSo) {
  const std::unique_ptr<Federation> federation = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior});
  ASSERT_NE(federation, nullptr);
  ASSERT_OK(federation->node(kInterior).Start({"TAMGA_FAILPOINT=listener.accepting=stall"}));
  // The test's time limit ends it if it does not.
  while (!absl::StrContains(federation->node(kInterior).LogText(), "LISTENER_DEAD")) std::this_thread::yield();
  federation->node(kInterior).Kill();
}

TEST_F(BoundsTest, ConnectionsBeyondTheBoundAreClosedAndTheListenerLivesOn) {
  std::vector<pollfd> connections;
  for (int i = 0; i < kMaxDescriptors; ++i) {
    connections.push_back({ConnectTcp(federation_->address(kInterior)), POLLIN, 0});
    ASSERT_GE(connections.back().fd, 0);
  }
  EXPECT_GT(::poll(connections.data(), connections.size(), 60'000), 0);  // one was closed
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("TOO_MANY_CONNECTIONS"));
  for (const pollfd& connection : connections) ::close(connection.fd);
  EXPECT_OK(federation_->WaitUntilServing(kInterior));
  EXPECT_EQ(ConnectRawly(TLS1_3_VERSION, "h2"), Reached::kServed);
}

}  // namespace
}  // namespace tamga::testing
