#include "certs/possession.h"

#include "absl/strings/match.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

class PossessionTest : public ::testing::TestWithParam<const char*> {
 protected:
  Issued MakeRoot() const {
    IssueOptions options = AuthorityNamed("Root");
    options.key = MakeTestKey(GetParam());
    return Issue(options, nullptr);
  }
};

TEST_P(PossessionTest, WhoHoldsTheKeyProvesItForOneStateAndOneCertificate) {
  const Issued root = MakeRoot();
  ASSERT_OK_AND_ASSIGN(const std::string proof, ProvePossession("KAZ", root.certificate, *root.key));
  EXPECT_OK(CheckPossession("KAZ", root.certificate, proof));
  EXPECT_THAT(CheckPossession("KGZ", root.certificate, proof), HasReason("ROOT_NOT_PROVEN"));
  EXPECT_THAT(CheckPossession("KAZ", MakeRoot().certificate, proof), HasReason("ROOT_NOT_PROVEN"));
  std::string altered = proof;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_THAT(CheckPossession("KAZ", root.certificate, altered), HasReason("ROOT_NOT_PROVEN"));
  EXPECT_THAT(CheckPossession("KAZ", root.certificate, ""), HasReason("ROOT_NOT_PROVEN"));
}

TEST_P(PossessionTest, AnotherKeyProvesNothing) {
  const Issued root = MakeRoot();
  EXPECT_THAT(ProvePossession("KAZ", root.certificate, *MakeTestKey(GetParam())),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(PossessionMessageTest, HasATypeOfItsOwn) {
  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  EXPECT_TRUE(absl::StartsWith(PossessionMessage("KAZ", root.certificate),
                               "DSSEv1 31 application/vnd.tamga.bundle.v1 83 tamga root v1\nKAZ\n"));
}

INSTANTIATE_TEST_SUITE_P(Keys, PossessionTest, ::testing::Values("P-256", "P-384", "RSA-3072"), [](const auto& key) {
  std::string name = key.param;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace tamga::certs
