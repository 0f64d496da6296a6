// A State changes its roots by an act, and nodes that run believe what the new root issues beside what the old one did.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/p256.h"
#include "certs/possession.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty/treaty_folder.h"
#include "tamga/v1/treaty_service.grpc.pb.h"
#include "tamga/v1/trust_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

// Kyrgyzstan has a second key in its treaty office, and a second root.
class RootsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}, Charter::kInForce);
    ASSERT_NE(federation_, nullptr);
    for (const std::string agency : {kInterior, kKyrgyz}) {
      v1::NodeConfig config = federation_->config(agency);
      config.mutable_limits()->set_partner_timeout_ms(20'000);  // building treaties takes a debug build seconds
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
    ASSERT_OK(federation_->StartAll());
    const auto sources = treaty::ReadTreatyFolder(federation_->folder(kInterior) + "/treaties");
    ASSERT_OK(sources);
    acts_ = sources->acts.at("KGZ");
  }

  static std::string Instrument(const std::string& act) {
    const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
    return absl::StrCat("state: \"KGZ\"\neffective_on: \"", absl::FormatCivilTime(today - 1),
                        "\"\ncitation: \"Order 1\"\n", act, "\n");
  }
  std::string SecondKey() const {
    return absl::StrCat("change_keys { office { state: \"KGZ\" keys: \"",
                        HexEncode(treaty::TestOfficeKey("KGZ").public_key()), "\" keys: \"",
                        HexEncode(second_key_.public_key()), "\" threshold: 1 } }");
  }
  static std::string RootText(const certs::StateAuthority& authority) {
    const certs::StateAuthority::Files files = authority.Save().value();
    const certs::Certificate root = certs::ParsePemChain(files.root_pem)->front();
    const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(files.root_key_pem).value();
    return absl::StrCat("roots { certificate: \"", Base64Encode(root.Der()), "\" possession: \"",
                        Base64Encode(certs::ProvePossession("KGZ", root, *key).value()), "\" }\n");
  }
  // The act that follows, signed by the first key of the office.
  v1::SignedAct NextAct(const std::string& act) { return treaty::SignNextAct("KGZ", acts_, Instrument(act)); }

  absl::Status Publish(const v1::SignedAct& act) {
    v1::PublishTreatiesRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_TREATY_ADMINISTRATION);
    *request.mutable_bundle()->add_acts() = act;
    const auto office =
        v1::TreatyService::NewStub(federation_->Connect({kInterior, certs::Role::kTreatyOfficer, "test"}, kInterior));
    v1::PublishTreatiesResponse response;
    const absl::Status status = exchange::FromGrpc(office->PublishTreaties(Patience().get(), request, &response));
    if (status.ok()) acts_.push_back(act);
    return status;
  }

  // What the node of `agency` says to an auditor of KGZ whom the authority certified.
  absl::Status AskAs(const certs::StateAuthority& authority, const std::string& agency) {
    const auto files = authority.Issue(AuditorOf("KGZ"), absl::Hours(24), absl::Now(), rng_);
    EXPECT_OK(files);
    const auto context = Patience();
    context->set_wait_for_ready(false);
    v1::GetTrustResponse response;
    const auto channel = federation_->ConnectAs({files->chain_pem, files->key_pem}, agency);
    return exchange::FromGrpc(v1::TrustService::NewStub(channel)->GetTrust(context.get(), {}, &response));
  }

  SystemRng rng_;
  std::unique_ptr<Federation> federation_;
  std::vector<v1::SignedAct> acts_;  // of KGZ
  const certs::Ed25519Key second_key_ = certs::Ed25519Key::FromSeed(std::string(32, '2')).value();
  const certs::StateAuthority renewed_ = certs::StateAuthority::Create("KGZ", absl::Now(), rng_).value();
};

TEST_F(RootsTest, AnActOfTwoKeysAddsARootEverywhereWithoutARestart) {
  ASSERT_OK(AskAs(federation_->authority("KGZ"), kInterior));
  EXPECT_THAT(AskAs(renewed_, kInterior), StatusIs(StatusCode::kUnavailable));
  ASSERT_OK(Publish(NextAct(SecondKey())));
  v1::SignedAct act =
      NextAct(absl::StrCat("change_roots {\n", RootText(federation_->authority("KGZ")), RootText(renewed_), "}"));
  EXPECT_FALSE(Publish(act).ok());
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_THAT(AskAs(renewed_, kInterior), StatusIs(StatusCode::kUnavailable));

  treaty::SignAct(second_key_, &act);
  ASSERT_OK(Publish(act));
  EXPECT_OK(AskAs(renewed_, kInterior));
  EXPECT_OK(AskAs(federation_->authority("KGZ"), kInterior));
  const absl::Time patience = absl::Now() + absl::Seconds(60);
  absl::Status there = AskAs(renewed_, kKyrgyz);
  while (!there.ok() && absl::Now() < patience) there = AskAs(renewed_, kKyrgyz);
  EXPECT_OK(there);
  size_t changes = 0;
  for (const v1::IndexedEntry& entry : EntriesOf(*federation_, kInterior, "KAZ")) {
    changes += entry.entry().kind() == v1::ENTRY_KIND_TRUST_CHANGED ? 1 : 0;
  }
  EXPECT_EQ(changes, 1u);
}

}  // namespace
}  // namespace tamga::testing
