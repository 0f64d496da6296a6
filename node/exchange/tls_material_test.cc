#include "node/exchange/tls_material.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/exchange/tls.h"
#include "node/store/test_folder.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(60);

class TlsMaterialTest : public ::testing::Test {
 protected:
  std::unique_ptr<TlsMaterial> Open(const TlsIdentity& first) {
    absl::StatusOr<std::unique_ptr<TlsMaterial>> material = TlsMaterial::Open(folder_.path(), first);
    EXPECT_OK(material);
    return material.ok() ? *std::move(material) : nullptr;
  }
  std::string Path(const std::string& name) const { return absl::StrCat(folder_.path(), "/", name); }
  std::string Read(const std::string& name) const { return ReadFile(Path(name)).value_or("unreadable"); }
  unsigned ModeOf(const std::string& name) const { return StatOf(name).st_mode & 0777u; }
  struct stat StatOf(const std::string& name) const {
    struct stat info = {};
    EXPECT_EQ(::stat(Path(name).c_str(), &info), 0) << name;
    return info;
  }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  const store::TestFolder folder_;
};

TEST_F(TlsMaterialTest, TheFolderHoldsOneGenerationForItsOwnerAlone) {
  const auto material = Open({"chain 1", "key 1"});
  ASSERT_NE(material, nullptr);
  EXPECT_EQ(Read("current/chain.pem"), "chain 1");
  EXPECT_EQ(Read("current/key.pem"), "key 1");
  ASSERT_OK(material->Replace({"chain 2", "key 2"}));
  EXPECT_EQ(Read("current/chain.pem"), "chain 2");
  EXPECT_EQ(Read("current/key.pem"), "key 2");
  EXPECT_EQ(ModeOf("current"), 0700u);
  EXPECT_EQ(ModeOf("current/key.pem"), 0600u);
  EXPECT_THAT(Names(), ElementsAre("2", "current"));
}

TEST_F(TlsMaterialTest, NothingStaysWhenItEnds) {
  Open({"chain", "key"}).reset();
  EXPECT_THAT(Names(), ElementsAre());
}

TEST_F(TlsMaterialTest, WhatACrashLeftIsRemovedAndNothingElse) {
  ASSERT_OK(MakeFolder(Path("17")));
  ASSERT_OK(WriteFile(Path("17/key.pem"), "an old key", 0600));
  ASSERT_OK(MakeFolder(Path("17a")));
  ASSERT_OK(WriteFile(Path("notes"), "of the operator"));
  std::filesystem::create_symlink("17", Path("current"));
  std::filesystem::create_symlink("18", Path("current.new"));
  const auto material = Open({"chain", "key"});
  EXPECT_THAT(Names(), ElementsAre("1", "17a", "current", "notes"));
  EXPECT_EQ(Read("current/key.pem"), "key");
}

TEST_F(TlsMaterialTest, AFolderThatOthersMayWriteToIsRefused) {
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0770), 0);
  EXPECT_THAT(TlsMaterial::Open(folder_.path(), {"chain", "key"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("chmod 700")));
}

TEST_F(TlsMaterialTest, AFolderInUseIsRefused) {
  const auto material = Open({"chain", "key"});
  EXPECT_THAT(TlsMaterial::Open(folder_.path(), {"other chain", "other key"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another process")));
  EXPECT_EQ(Read("current/key.pem"), "key");
}

// gRPC tells by the time, in seconds, whether key and chain that it read are of one generation.
TEST_F(TlsMaterialTest, NoTwoGenerationsHaveTheSameTime) {
  const auto material = Open({"chain 0", "key 0"});
  std::set<time_t> times = {StatOf("current/key.pem").st_mtime};
  for (int i = 1; i <= 5; ++i) {
    ASSERT_OK(material->Replace({absl::StrCat("chain ", i), absl::StrCat("key ", i)}));
    EXPECT_EQ(StatOf("current/key.pem").st_mtime, StatOf("current/chain.pem").st_mtime);
    EXPECT_TRUE(times.insert(StatOf("current/key.pem").st_mtime).second) << i;
  }
}

TEST_F(TlsMaterialTest, WhatCannotBeWrittenLeavesTheOldOneInPlace) {
  const auto material = Open({"chain 1", "key 1"});
  ASSERT_OK(WriteFile(Path("2"), "in the way"));
  EXPECT_FALSE(material->Replace({"chain 2", "key 2"}).ok());
  EXPECT_EQ(Read("current/chain.pem"), "chain 1");
  EXPECT_EQ(Read("current/key.pem"), "key 1");
  EXPECT_OK(material->Replace({"chain 3", "key 3"}));
  EXPECT_EQ(Read("current/chain.pem"), "chain 3");
}

// The certificate that the other side of a connection shows, in PEM.
std::string ShownBy(const grpc::AuthContext& peer) {
  const std::vector<grpc::string_ref> values = peer.FindPropertyValues("x509_pem_cert");
  return values.empty() ? "" : std::string(values.front().data(), values.front().size());
}

// Tells each caller the certificate that it showed.
class MirrorReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit MirrorReactor(const std::string& shown) {
    const grpc::Slice slice(shown);
    reply_ = grpc::ByteBuffer(&slice, 1);
    StartRead(&message_);
  }

 private:
  void OnReadDone(bool /*ok*/) override { StartWriteAndFinish(&reply_, grpc::WriteOptions(), grpc::Status::OK); }
  void OnDone() override { delete this; }

  grpc::ByteBuffer message_;
  grpc::ByteBuffer reply_;
};

class MirrorService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new MirrorReactor(ShownBy(*context->auth_context()));
  }
};

// What the two sides of a connection showed each other, in PEM.
struct Shown {
  std::string server;
  std::string client;

  bool operator==(const Shown& other) const { return server == other.server && client == other.client; }
};

class RotationTest : public ::testing::Test {
 protected:
  RotationTest() {
    server_material_ = Must(TlsMaterial::Open(server_folder_.path(), NewIdentity()));
    client_material_ = Must(TlsMaterial::Open(client_folder_.path(), NewIdentity()));
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(server_material_->provider(), trust_, clock_),
                             &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~RotationTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  static std::unique_ptr<TlsMaterial> Must(absl::StatusOr<std::unique_ptr<TlsMaterial>> material) {
    EXPECT_OK(material);
    return *std::move(material);
  }

  TlsIdentity NewIdentity() {
    const auto files =
        kaz_.Issue({"KAZ/border-service", certs::Role::kNode, "n1"}, absl::Hours(24), clock_.Now(), rng_);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }
  static std::string LeafOf(const TlsIdentity& identity) {
    return certs::ParsePemChain(identity.chain_pem)->front().Pem();
  }

  std::shared_ptr<grpc::Channel> NewConnection() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", port_),
        MakeChannelCredentials(client_material_->provider(), trust_, clock_, "KAZ/border-service"), arguments);
  }

  // Empty if the call fails.
  static Shown Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    context.set_wait_for_ready(true);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const grpc::Slice nothing("");
    const auto call = stub.PrepareUnaryCall(&context, "/tamga.test.Mirror/Look", grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    EXPECT_TRUE(status.ok()) << status.error_message();
    grpc::Slice slice;
    if (!status.ok() || !reply.DumpToSingleSlice(&slice).ok()) return {};
    return {ShownBy(*context.auth_context()), std::string(reinterpret_cast<const char*>(slice.begin()), slice.size())};
  }

  const SystemClock clock_;
  SystemRng rng_;
  const certs::StateAuthority kaz_ = *certs::StateAuthority::Create("KAZ", clock_.Now(), rng_);
  const certs::CurrentTrust trust_{*certs::TrustStore::Build({{"KAZ", kaz_.RootPem()}})};
  const store::TestFolder server_folder_;
  const store::TestFolder client_folder_;
  std::unique_ptr<TlsMaterial> server_material_;
  std::unique_ptr<TlsMaterial> client_material_;
  MirrorService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(RotationTest, NewConnectionsShowTheNewIdentityOnBothSidesAndOldOnesGoOn) {
  const std::shared_ptr<grpc::Channel> standing = NewConnection();
  const Shown before = Call(standing);
  const TlsIdentity server = NewIdentity();
  const TlsIdentity client = NewIdentity();
  ASSERT_OK(server_material_->Replace(server));
  ASSERT_OK(client_material_->Replace(client));

  const Shown expected = {LeafOf(server), LeafOf(client)};
  const absl::Time end = absl::Now() + kPatience;
  bool shown = false;
  while (!shown && absl::Now() < end) shown = Call(NewConnection()) == expected;
  EXPECT_TRUE(shown);
  EXPECT_EQ(Call(standing), before);
}

// Every connection that is made meanwhile is made: none sees the key of one generation and the certificate of another.
TEST_F(RotationTest, NoConnectionFailsWhileGenerationsFollowEachOther) {
  for (int generation = 0; generation < 20; ++generation) {
    ASSERT_OK(server_material_->Replace(NewIdentity()));
    ASSERT_OK(client_material_->Replace(NewIdentity()));
    for (int call = 0; call < 5; ++call) EXPECT_NE(Call(NewConnection()), Shown());
  }
}

}  // namespace
}  // namespace tamga::exchange
