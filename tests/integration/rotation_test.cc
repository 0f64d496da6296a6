// Keys and certificates change while nodes serve: no call is lost, and mistakes in the files reach nobody.
#include "tests/federation/rotation.h"

#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "certs/certificate.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/trust_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/federation/lanes.h"
#include "tests/federation/list_issuer.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr int kRotations = 20;
constexpr long kExchanges = 1'000;
constexpr int kLanes = 8;

// Looks again and again, for as long as only a hanging node takes.
bool Comes(const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + kPatience;
  while (absl::Now() < end) {
    if (condition()) return true;
    ::sched_yield();
  }
  return false;
}

// A stream of all entries of a node's log that stays open while its keys change.
class Tail {
 public:
  Tail(Federation& federation, const std::string& agency, const std::string& state)
      : stub_(v1::AuditService::NewStub(federation.Connect(AuditorOf(state), agency))) {
    v1::TailEntriesRequest request;
    request.set_from_index(0);
    stream_ = stub_->TailEntries(&context_, request);
    thread_ = std::thread([this] { Read(); });
  }
  ~Tail() { End(); }

  int seal_changes() const { return seal_changes_; }

  // The entries that came, with nothing left out, before the caller ended the stream.
  std::vector<v1::LogEntry> End() {
    if (!thread_.joinable()) return {};
    context_.TryCancel();
    thread_.join();
    EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
    return std::move(entries_);
  }

 private:
  void Read() {
    v1::TailEntriesResponse response;
    while (stream_->Read(&response)) {
      EXPECT_EQ(response.entry().position().index(), entries_.size());
      entries_.push_back(response.entry().entry());
      if (entries_.back().kind() == v1::ENTRY_KIND_SEAL_CHANGED) ++seal_changes_;
    }
  }

  grpc::ClientContext context_;
  const std::unique_ptr<v1::AuditService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::TailEntriesResponse>> stream_;
  std::vector<v1::LogEntry> entries_;  // of the thread, until that has ended
  std::atomic<int> seal_changes_ = 0;
  std::thread thread_;
};

v1::CheckTravellerRequest RequestOfALane() {
  v1::CheckTravellerRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
  request.add_mrz_lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
  request.add_mrz_lines("L898902C36UTO7408122F1204159ZE184226B<<<<<10");
  request.add_partners(kKyrgyz);
  return request;
}

// What the partner says to a lane; empty if the call fails.
v1::SourceAnswer AskPartner(const std::shared_ptr<grpc::Channel>& lane) {
  v1::CheckTravellerResponse response;
  const grpc::Status status =
      v1::WatchlistService::NewStub(lane)->CheckTraveller(Patience().get(), RequestOfALane(), &response);
  return status.ok() && response.sources_size() == 2 ? response.sources(1) : v1::SourceAnswer();
}

// The keys with which an exchange's request and reply were sealed, as an auditor of KAZ proves it.
std::vector<std::string> SealKeysOf(Federation& federation, const std::string& exchange_id) {
  v1::GetEvidenceRequest request;
  request.set_exchange_id(exchange_id);
  v1::GetEvidenceResponse response;
  const grpc::Status status = v1::AuditService::NewStub(federation.Connect(AuditorOf("KAZ"), kBorder))
                                  ->GetEvidence(Patience().get(), request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  std::vector<std::string> keys;
  for (const v1::ExchangeEvidence& exchange : response.bundle().exchanges()) {
    for (const v1::SealedMessage& message : exchange.messages()) keys.push_back(message.signatures(0).key_id());
  }
  return keys;
}

class RotationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kBorder, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(RotationTest, NoExchangeFailsWhileTheKeysOfBothSidesRotateTwentyTimesAndAListLands) {
  SystemRng rng;
  const ListIssuer issuer(federation_->authority("KGZ"));
  ASSERT_OK_AND_ASSIGN(
      const certs::KeyAndCertificate files,
      federation_->authority("KGZ").Issue({kKyrgyz, certs::Role::kNode, "stolen"}, absl::Hours(24), absl::Now(), rng));
  const certs::Certificate stolen = certs::ParsePemChain(files.chain_pem)->front();
  ASSERT_OK(WriteFile(federation_->folder(kBorder) + "/KGZ.crl", issuer.Pem(1)));
  v1::NodeConfig config = federation_->config(kBorder);
  for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
    if (bundle.state() == "KGZ") bundle.add_crl_files("KGZ.crl");
  }
  ASSERT_OK(federation_->Reconfigure(kBorder, std::move(config)));
  ASSERT_OK(federation_->StartAll());
  const std::shared_ptr<grpc::Channel> standing = federation_->Connect(SystemOf(kBorder), kBorder);
  ASSERT_EQ(AskPartner(standing).status(), v1::SOURCE_STATUS_NO_HIT);
  std::map<std::string, std::string> first_seals;
  for (const char* agency : {kBorder, kKyrgyz}) {
    const auto chain = certs::ParsePemChain(ReadFile(federation_->folder(agency) + "/seal.pem").value());
    ASSERT_OK(chain);
    first_seals[agency] = chain->front().SpkiSha256();
  }
  Tail border(*federation_, kBorder, "KAZ");
  Tail kyrgyz(*federation_, kKyrgyz, "KGZ");
  Rotation rotation(*federation_);
  Lanes lanes(*federation_, kBorder, kKyrgyz, kLanes);
  for (int i = 0; i < kRotations; ++i) {
    // A revocation list lands between two rotations.
    if (i == kRotations / 2) {
      ASSERT_OK(WriteFile(federation_->folder(kBorder) + "/KGZ.crl", issuer.Pem(2, {stolen})));
    }
    for (const char* agency : {kBorder, kKyrgyz}) ASSERT_OK(rotation.Renew(agency));
    // Half of them are left to the node to find.
    if (i % 2 == 0) {
      ASSERT_EQ(::kill(federation_->node(kBorder).pid(), SIGHUP), 0);
    }
    for (const char* agency : {kBorder, kKyrgyz}) ASSERT_OK(rotation.AwaitShown(agency));
  }
  lanes.AwaitExchanges(kExchanges);
  const LanesResult result = lanes.Stop();
  EXPECT_EQ(result.failures, 0) << result.first_failure;
  EXPECT_GE(result.exchanges, kExchanges);

  // The connection that stood all the time still serves, and what goes over it now has the newest seals.
  ASSERT_TRUE(Comes([&] { return border.seal_changes() >= kRotations && kyrgyz.seal_changes() >= kRotations; }));
  const v1::SourceAnswer answer = AskPartner(standing);
  ASSERT_EQ(answer.status(), v1::SOURCE_STATUS_NO_HIT);
  EXPECT_THAT(SealKeysOf(*federation_, answer.exchange().exchange_id()),
              UnorderedElementsAre(rotation.seal_key_id(kBorder), rotation.seal_key_id(kKyrgyz)));

  // Both streams are whole, and each seal took over from the one before.
  for (auto& [tail, agency] : {std::pair(&border, kBorder), std::pair(&kyrgyz, kKyrgyz)}) {
    std::string current = first_seals.at(agency);
    int changes = 0;
    for (const v1::LogEntry& entry : tail->End()) {
      if (entry.kind() != v1::ENTRY_KIND_SEAL_CHANGED) continue;
      EXPECT_EQ(entry.former_seal_key_id(), current) << agency;
      current = entry.seal_key_id();
      ++changes;
    }
    EXPECT_EQ(changes, kRotations) << agency;
    EXPECT_EQ(current, rotation.seal_key_id(agency)) << agency;
  }
  // The list is in force.
  const auto peer = federation_->ConnectAs({files.chain_pem, files.key_pem}, kBorder);
  const auto context = Patience();
  context->set_wait_for_ready(false);
  v1::FetchRevocationsResponse response;
  EXPECT_FALSE(v1::TrustService::NewStub(peer)->FetchRevocations(context.get(), {}, &response).ok());
  EXPECT_THAT(federation_->node(kBorder).LogText(), HasSubstr("CERT_REVOKED"));
  for (const char* agency : {kBorder, kKyrgyz}) {
    EXPECT_TRUE(Verify(*federation_, agency, std::string(agency).substr(0, 3)).intact()) << agency;
    EXPECT_THAT(federation_->node(agency).LogText(), Not(HasSubstr("credentials not taken over"))) << agency;
  }
}

// Whoever revokes a stolen key's certificate as soon as the node has another one stops no exchange by it.
TEST_F(RotationTest, TheFormerCertificateMayBeRevokedAtOnce) {
  const ListIssuer issuer(federation_->authority("KAZ"));
  const std::string list_file = federation_->folder(kKyrgyz) + "/KAZ.crl";
  ASSERT_OK(WriteFile(list_file, issuer.Pem(1)));
  v1::NodeConfig config = federation_->config(kKyrgyz);
  for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
    if (bundle.state() == "KAZ") bundle.add_crl_files("KAZ.crl");
  }
  ASSERT_OK(federation_->Reconfigure(kKyrgyz, std::move(config)));
  ASSERT_OK(federation_->StartAll());
  const std::shared_ptr<grpc::Channel> system = federation_->Connect(SystemOf(kBorder), kBorder);
  ASSERT_EQ(AskPartner(system).status(), v1::SOURCE_STATUS_NO_HIT);
  ASSERT_OK_AND_ASSIGN(const std::string chain, ReadFile(federation_->folder(kBorder) + "/tls.pem"));
  const certs::Certificate former = certs::ParsePemChain(chain)->front();
  Rotation rotation(*federation_);
  ASSERT_OK(rotation.Renew(kBorder));
  ASSERT_OK(rotation.AwaitShown(kBorder));

  ASSERT_OK(WriteFile(list_file, issuer.Pem(2, {former})));
  const auto operators = v1::TrustService::NewStub(federation_->Connect(OperatorOf(kKyrgyz), kKyrgyz));
  ASSERT_TRUE(Comes([&] {
    v1::GetTrustResponse trust;
    uint32_t revoked = 0;
    operators->GetTrust(Patience().get(), {}, &trust);
    for (const v1::StateTrust& state : trust.states()) {
      for (const v1::HeldRevocations& list : state.lists()) revoked += list.revoked();
    }
    return revoked == 1;
  }));
  EXPECT_EQ(AskPartner(system).status(), v1::SOURCE_STATUS_NO_HIT);
}

// How often the node has refused what it found.
size_t RefusalsOf(NodeProcess& node) {
  const std::vector<std::string> parts = absl::StrSplit(node.LogText(), "\"credentials not taken over\"");
  return parts.size() - 1;
}

TEST_F(RotationTest, MistakesInTheFilesAreToldAndCallsGoOn) {
  ASSERT_OK(federation_->StartAll());
  NodeProcess& node = federation_->node(kBorder);
  const std::string base = federation_->folder(kBorder);
  SystemRng rng;
  const auto issue = [&](const certs::Principal& principal, absl::Time now, const std::string& name) {
    const auto files = federation_->authority(principal.State()).Issue(principal, absl::Hours(24), now, rng);
    ASSERT_OK(files);
    ASSERT_OK(WriteFile(absl::StrCat(base, "/", name, ".key"), files->key_pem, 0600));
    ASSERT_OK(WriteFile(absl::StrCat(base, "/", name, ".pem"), files->chain_pem));
  };
  struct Mistake {
    const char* name;
    std::function<void()> make;
    const char* told;
  };
  const absl::Time now = absl::Now();
  const Mistake mistakes[] = {
      {"half a key", [&] { ASSERT_OK(WriteFile(base + "/tls.key", "-----BEGIN PRIVATE KEY-----\nMIGH", 0600)); },
       "tls.key_file"},
      {"the key of another certificate",
       [&] { ASSERT_OK(WriteFile(base + "/tls.key", ReadFile(base + "/seal.key").value(), 0600)); },
       "is not the key of the certificate"},
      {"a key that others may read", [&] { ASSERT_EQ(::chmod((base + "/seal.key").c_str(), 0644), 0); }, "chmod 600"},
      {"another agency",
       [&] {
         issue({kInterior, certs::Role::kNode, "n1"}, now, "tls");
       },
       "must be for KAZ/border-service"},
      {"another State",
       [&] {
         issue({"KGZ/border-service", certs::Role::kSeal, "n1"}, now, "seal");
       },
       "must be for KAZ/border-service"},
      {"expired",
       [&] {
         issue({kBorder, certs::Role::kNode, "n1"}, now - absl::Hours(48), "tls");
       },
       "CERT_EXPIRED"},
  };
  Rotation rotation(*federation_);
  Lanes lanes(*federation_, kBorder, kKyrgyz, 2);
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.name);
    const size_t told = RefusalsOf(node);
    const long exchanges = lanes.exchanges();
    mistake.make();
    ASSERT_EQ(::kill(node.pid(), SIGHUP), 0);
    ASSERT_TRUE(Comes([&] { return RefusalsOf(node) > told; }));
    EXPECT_THAT(node.LogText(), HasSubstr(mistake.told));
    lanes.AwaitExchanges(exchanges + 50);
    EXPECT_EQ(AskPartner(federation_->Connect(SystemOf(kBorder), kBorder)).status(), v1::SOURCE_STATUS_NO_HIT);
    v1::GetNodeStatusResponse status;
    ASSERT_TRUE(v1::AdminService::NewStub(federation_->Connect(OperatorOf(kBorder), kBorder))
                    ->GetNodeStatus(Patience().get(), {}, &status)
                    .ok());
    EXPECT_THAT(status.credentials_refused(), Not(IsEmpty()));

    ASSERT_OK(rotation.Renew(kBorder));
    ASSERT_OK(rotation.AwaitShown(kBorder));
  }
  const LanesResult result = lanes.Stop();
  EXPECT_EQ(result.failures, 0) << result.first_failure;
  v1::GetMetricsResponse metrics;
  ASSERT_TRUE(v1::AdminService::NewStub(federation_->Connect(OperatorOf(kBorder), kBorder))
                  ->GetMetrics(Patience().get(), {}, &metrics)
                  .ok());
  EXPECT_THAT(metrics.text(), AllOf(HasSubstr("\ntamga_credentials_refused 0\n"),
                                    HasSubstr("tamga_certificate_seconds_left{what=\"tls\"")));
}

// A partner that believes the new authority alone sees what a node shows it after a rotation: certificate and seal.
TEST_F(RotationTest, ANodeShowsItsNewCertificateToItsPartnersToo) {
  SystemRng rng;
  const SystemClock clock;
  const absl::StatusOr<certs::StateAuthority> next = certs::StateAuthority::Create("KAZ", clock.Now(), rng);
  ASSERT_OK(next);
  const std::string former_root = federation_->authority("KAZ").RootPem();
  const auto believe = [&](const std::string& agency, const std::string& roots) {
    const std::string file = federation_->folder(agency) + "/KAZ-roots.pem";
    ASSERT_OK(WriteFile(file, roots));
    v1::NodeConfig config = federation_->config(agency);
    for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
      if (bundle.state() == "KAZ") bundle.set_roots_file(file);
    }
    ASSERT_OK(federation_->Reconfigure(agency, config));
  };
  believe(kBorder, former_root + next->RootPem());
  believe(kKyrgyz, former_root + next->RootPem());
  ASSERT_OK(federation_->StartAll());
  ASSERT_EQ(AskPartner(federation_->Connect(SystemOf(kBorder), kBorder)).status(), v1::SOURCE_STATUS_NO_HIT);

  Rotation rotation(*federation_);
  ASSERT_OK(rotation.Renew(kBorder, *next));
  ASSERT_TRUE(Comes([&] { return absl::StrContains(federation_->node(kBorder).LogText(), "\"seal taken over\""); }));
  ASSERT_EQ(federation_->node(kKyrgyz).Terminate(), 0);
  believe(kKyrgyz, next->RootPem());
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  ASSERT_OK(federation_->WaitUntilServing(kKyrgyz));

  const auto lane = next->Issue(SystemOf(kBorder), absl::Hours(1), clock.Now(), rng);
  ASSERT_OK(lane);
  const certs::CurrentTrust trust(*certs::TrustStore::Build({{"KAZ", next->RootPem()}}));
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel(federation_->address(kBorder),
                          exchange::MakeChannelCredentials({lane->chain_pem, lane->key_pem}, trust, clock, kBorder));
  EXPECT_TRUE(Comes([&] { return AskPartner(channel).status() == v1::SOURCE_STATUS_NO_HIT; }));
}

}  // namespace
}  // namespace tamga::testing
