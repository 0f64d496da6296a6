#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
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
  EXPECT_THAT(out(), AllOf(HasSubstr("abababab"), ContainsRegex("KAZ +no +- "), ContainsRegex("KGZ +yes +cdcdcdcd"),
                           ContainsRegex("2026-11-18T[^ ]+ +2026-11-19T[^ ]+ +3")));
  ASSERT_EQ(RunAsCaller({"node", "trust", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"KGZ\""), HasSubstr("\"revoked\"")));
}

}  // namespace
}  // namespace tamga::cli
