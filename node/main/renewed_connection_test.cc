// What a channel that stands does when the certificate behind it is replaced.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/exchange/peer_stub.h"
#include "node/exchange/tls.h"
#include "node/exchange/tls_material.h"
#include "node/main/config_parts.h"
#include "node/main/server.h"
#include "node/store/test_folder.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::node {
namespace {

constexpr char kAgency[] = "KAZ/border-service";
constexpr absl::Duration kPatience = absl::Seconds(60);

class RenewedConnectionTest : public ::testing::Test {
 protected:
  exchange::TlsIdentity NewIdentity() {
    const auto files = kaz_.Issue({kAgency, certs::Role::kNode, "n1"}, absl::Hours(24), clock_.Now(), rng_);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }

  // The certificate, in PEM, that the server shows to a caller; the call must succeed.
  static std::string ShownTo(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const grpc::Slice whole_server("");
    const auto call =
        stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::ByteBuffer(&whole_server, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    EXPECT_TRUE(status.ok()) << status.error_message();
    const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
    const std::vector<grpc::string_ref> shown =
        auth == nullptr ? std::vector<grpc::string_ref>() : auth->FindPropertyValues("x509_pem_cert");
    return shown.empty() ? "" : std::string(shown.front().data(), shown.front().size());
  }

  const SystemClock clock_;
  SystemRng rng_;
  const certs::StateAuthority kaz_ = *certs::StateAuthority::Create("KAZ", clock_.Now(), rng_);
  const certs::CurrentTrust trust_{*certs::TrustStore::Build({{"KAZ", kaz_.RootPem()}})};
  const store::TestFolder folder_;
};

TEST_F(RenewedConnectionTest, AChannelMovesToTheNewCertificateWhenItsConnectionIsOldAndNoCallFails) {
  auto material = exchange::TlsMaterial::Open(folder_.path(), NewIdentity());
  ASSERT_OK(material);
  auto listener = exchange::Listener::Open("127.0.0.1:0", {1'000, 100});
  ASSERT_OK(listener);
  v1::NodeConfig config;
  Mistakes mistakes;
  CompleteLimits(1'000, *config.mutable_limits(), mistakes);
  ASSERT_OK(mistakes.ToStatus());
  ConnectionTimes times;
  times.age = absl::Milliseconds(300);
  v1::AdminService::CallbackService service;  // gRPC starts no server without one
  auto server = Server::Start(
      config, **listener, exchange::MakeServerCredentials((*material)->provider(), trust_, clock_), {&service}, times);
  ASSERT_OK(server);
  const std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      (*listener)->address(), exchange::MakeChannelCredentials(NewIdentity(), trust_, clock_, kAgency),
      exchange::NodeChannelArguments(1 << 20));
  const std::string before = ShownTo(channel);
  const exchange::TlsIdentity next = NewIdentity();
  ASSERT_OK((*material)->Replace(next));
  const std::string after = certs::ParsePemChain(next.chain_pem)->front().Pem();
  ASSERT_NE(before, after);
  const absl::Time end = absl::Now() + kPatience;
  std::string shown;
  while (shown != after && !HasFailure() && absl::Now() < end) shown = ShownTo(channel);
  EXPECT_EQ(shown, after);
}

}  // namespace
}  // namespace tamga::node
