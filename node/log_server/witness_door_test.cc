// A node's own HTTPS door, asked as an outside witness is asked: both sides of C2SP tlog-witness together.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/authority.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/log_server/log_pages.h"
#include "node/log_server/log_server.h"
#include "node/witness/https_witness_peer.h"
#include "node/witness/test_nodes.h"

namespace tamga::log_server {
namespace {

using ::testing::HasSubstr;

constexpr char kDoorName[] = "border-service.kaz.tamga";

// The Kazakh node cosigns the Kyrgyz one's log at its door.
class WitnessDoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kazakh_.Start({&kyrgyz_});
    kyrgyz_.Start({&kazakh_});
    LogServerOptions options;
    options.address = "127.0.0.1:0";
    ASSERT_OK_AND_ASSIGN(
        server_, LogServer::Start(options, Issue(kaz_, {"KAZ/border-service", certs::Role::kNode, "n1"}), trust_,
                                  clock_, [this](const certs::Principal& caller, HttpRequest request) {
                                    return pages_.Answer(caller, std::move(request));
                                  }));
  }

  static certs::StateAuthority Make(const std::string& state) {
    SystemRng rng;
    return *certs::StateAuthority::Create(state, certs::TestNow(), rng);
  }
  static exchange::TlsIdentity Issue(const certs::StateAuthority& authority, const certs::Principal& principal) {
    SystemRng rng;
    const auto files = authority.Issue(principal, absl::Hours(24), certs::TestNow(), rng);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }

  std::unique_ptr<witness::HttpsWitnessPeer> AskAs(const exchange::TlsIdentity& identity) {
    const std::string& address = server_->address();
    const auto port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    return witness::TestNode::Must(
        witness::MakeHttpsWitnessPeer({"127.0.0.1", port, kDoorName, kaz_.RootPem(), identity}, "", clock_));
  }
  absl::StatusOr<v1::AddCheckpointResponse> Add(witness::WitnessPeer& peer, uint64_t old_size) {
    return peer.AddCheckpoint(kyrgyz_.BodySince(old_size), clock_.Now() + absl::Minutes(1));
  }

  ManualClock clock_{certs::TestNow()};
  SeededRng rng_{3};
  const certs::StateAuthority kaz_ = Make("KAZ");
  const certs::StateAuthority kgz_ = Make("KGZ");
  const certs::CurrentTrust trust_{*certs::TrustStore::Build({{"KAZ", kaz_.RootPem()}, {"KGZ", kgz_.RootPem()}})};
  witness::TestNode kazakh_{"KAZ/border-service", clock_, rng_};
  witness::TestNode kyrgyz_{"KGZ/interior-ministry", clock_, rng_};
  audit::TestLog log_;
  const audit::Auditor auditor_ = log_.MakeAuditor();
  const audit::ReadingLog readings_ = log_.MakeReadingLog();
  const LogPages pages_{
      {"KAZ/border-service", {"KGZ/interior-ministry"}, {}}, auditor_, readings_, [this](const std::string& body) {
        witness::WitnessAnswer answer = kazakh_.witness().AnswerHttp(body);
        return HttpAnswer{static_cast<unsigned>(answer.status), std::move(answer.content_type), std::move(answer.body)};
      }};
  std::unique_ptr<LogServer> server_;
};

TEST_F(WitnessDoorTest, ALogIsWitnessedThroughIt) {
  const auto peer = AskAs(Issue(kgz_, {"KGZ/interior-ministry", certs::Role::kNode, "n1"}));
  ledger::LogReader reader(kyrgyz_.database());
  const std::string policy =
      absl::StrCat("witness door ", ledger::FormatVkey(kazakh_.witness_key().key()), "\nquorum door\n");
  const auto witnessing = witness::TestNode::Must(
      witness::Witnessing::Open(witness::WitnessingParts{kyrgyz_.log_key().key(),
                                                         witness::TestNode::Must(ledger::ParseTlogPolicy(policy)),
                                                         {{"", kazakh_.witness_key().key(), *peer}},
                                                         absl::Hours(4),
                                                         absl::Minutes(1),
                                                         absl::Minutes(2),
                                                         kyrgyz_.database(),
                                                         kyrgyz_.sequencer(),
                                                         reader,
                                                         clock_}));
  for (const uint64_t size : {3u, 7u}) {
    kyrgyz_.Append(static_cast<int>(size - kyrgyz_.Size()));
    witnessing->AskAll(absl::InfiniteFuture(), [] { return false; });
    EXPECT_EQ(witnessing->Of(size - 1, clock_.Now()).state, v1::WITNESS_STATE_WITNESSED);
    EXPECT_EQ(witnessing->Of(size - 1, clock_.Now()).witnesses, 1u);
  }
}

TEST_F(WitnessDoorTest, WhatItAnswersIsUnderstood) {
  const auto peer = AskAs(Issue(kgz_, {"KGZ/interior-ministry", certs::Role::kNode, "n1"}));
  kyrgyz_.Append(3);
  ASSERT_OK_AND_ASSIGN(v1::AddCheckpointResponse response, Add(*peer, 0));
  EXPECT_EQ(response.status(), 200u);
  kyrgyz_.Append(2);
  ASSERT_OK_AND_ASSIGN(response, Add(*peer, 0));
  EXPECT_EQ(response.status(), 409u);
  EXPECT_EQ(response.body(), "3\n");
  ASSERT_OK_AND_ASSIGN(response, peer->AddCheckpoint("old 3\n\nno note", clock_.Now() + absl::Minutes(1)));
  EXPECT_EQ(response.status(), 400u);
}

TEST_F(WitnessDoorTest, AnotherIdentityIsShownFromTheNextQuestionOn) {
  kyrgyz_.Append(1);
  const auto peer = AskAs(Issue(kgz_, {"KGZ/border-service", certs::Role::kNode, "n1"}));
  ASSERT_OK_AND_ASSIGN(v1::AddCheckpointResponse response, Add(*peer, 0));
  EXPECT_EQ(response.status(), 403u);
  ASSERT_OK(peer->Show(Issue(kgz_, {"KGZ/interior-ministry", certs::Role::kNode, "n1"})));
  ASSERT_OK_AND_ASSIGN(response, Add(*peer, 0));
  EXPECT_EQ(response.status(), 200u);

  EXPECT_FALSE(peer->Show({"no chain", "no key"}).ok());
  kyrgyz_.Append(1);
  ASSERT_OK_AND_ASSIGN(response, Add(*peer, 1));
  EXPECT_EQ(response.status(), 200u);
}

TEST_F(WitnessDoorTest, WhoIsNotServedIsRefusedWithAStatusOrNotHeardAtAll) {
  kyrgyz_.Append(1);
  const auto no_partner = AskAs(Issue(kgz_, {"KGZ/border-service", certs::Role::kNode, "n1"}));
  ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Add(*no_partner, 0));
  EXPECT_EQ(response.status(), 403u);
  const auto stranger = AskAs(Issue(Make("KGZ"), {"KGZ/interior-ministry", certs::Role::kNode, "n1"}));
  EXPECT_THAT(Add(*stranger, 0), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broke off")));
}

}  // namespace
}  // namespace tamga::log_server
