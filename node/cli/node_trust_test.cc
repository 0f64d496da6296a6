#include <string>

#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class NodeTrustTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    v1::StateTrust& kaz = *trusting_.trust.add_states();
    kaz.set_state("KAZ");
    v1::TrustedRoot& root = *kaz.add_roots();
    root.set_sha256(std::string(32, '\xab'));
    *root.mutable_not_after() = ToProto(absl::FromUnixSeconds(1'795'000'000));
    *root.mutable_trusted_until() = ToProto(absl::FromUnixSeconds(1'793'577'600));
    v1::StateTrust& kgz = *trusting_.trust.add_states();
    kgz.set_state("KGZ");
    kgz.set_lists_required(true);
    v1::HeldRevocations& list = *kgz.add_lists();
    list.set_issuer_key_sha256(std::string(32, '\xcd'));
    *list.mutable_this_update() = ToProto(absl::FromUnixSeconds(1'795'000'000));
    *list.mutable_next_update() = ToProto(absl::FromUnixSeconds(1'795'086'400));
    list.set_revoked(3);
  }
};

TEST_F(NodeTrustTest, RootsAndListsStandInTables) {
  ASSERT_EQ(RunAsCaller({"node", "trust"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("abababab"), ContainsRegex("KAZ +ab+[^ ]* +2026-11-18T[^ ]+ +2026-11-02T00:00:00"),
                           ContainsRegex("KAZ +no +- "), ContainsRegex("KGZ +yes +cdcdcdcd"),
                           ContainsRegex("2026-11-18T[^ ]+ +2026-11-19T[^ ]+ +3")));
  ASSERT_EQ(RunAsCaller({"node", "trust", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"KGZ\""), HasSubstr("\"revoked\"")));
}

TEST_F(NodeTrustTest, TheRootsOfOneStateAreASpiffeBundleForOthers) {
  const certs::Issued root = certs::Issue(certs::AuthorityNamed("Root"), nullptr);
  v1::StateTrust& kaz = *trusting_.trust.mutable_states(0);
  kaz.mutable_roots(0)->set_certificate(root.certificate.Der());
  kaz.set_act_number(3);
  kaz.set_refresh_hint_s(600);
  ASSERT_EQ(RunAsCaller({"node", "trust", "--spiffe", "KAZ"}), 0) << err();
  const nlohmann::json bundle = nlohmann::json::parse(out());
  EXPECT_EQ(bundle.at("spiffe_sequence"), 3);
  EXPECT_EQ(bundle.at("spiffe_refresh_hint"), 600);
  EXPECT_EQ(bundle.at("keys").at(0).at("x5c").at(0), Base64Encode(root.certificate.Der()));
  EXPECT_NE(RunAsCaller({"node", "trust", "--spiffe", "UZB"}), 0);
  EXPECT_THAT(err(), HasSubstr("no roots of UZB"));
}

}  // namespace
}  // namespace tamga::cli
