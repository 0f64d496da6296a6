#include "node/authority/authority_config.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "certs/authority.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::authority {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = R"(
state: "KAZ"
listen: "127.0.0.1:0"
data_dir: "data"
root_file: "root.pem"
issuing { certificate_file: "issuing.pem" key_file: "issuing.key" }
)";

class AuthorityConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const certs::StateAuthority::Files files = state_.Save().value();
    ASSERT_OK(WriteFile(Path("root.pem"), files.root_pem));
    ASSERT_OK(WriteFile(Path("issuing.pem"), files.issuing_pem));
    ASSERT_OK(WriteFile(Path("issuing.key"), files.issuing_key_pem, 0600));
  }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_.path(), "/", name); }
  absl::StatusOr<AuthoritySetup> Load(const std::string& text, absl::Time now = certs::TestNow()) const {
    const absl::Status written = WriteFile(Path("authority.txtpb"), text);
    if (!written.ok()) return written;
    return LoadAuthoritySetup(Path("authority.txtpb"), now);
  }
  // With one text in the place of another.
  absl::Status MistakeOf(const std::string& from, const std::string& to) const {
    return Load(absl::StrReplaceAll(kGood, {{from, to}})).status();
  }

  SystemRng rng_;
  const certs::StateAuthority state_ = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng_).value();
  store::TestFolder folder_;
};

TEST_F(AuthorityConfigTest, AGoodOneIsLoadedWithItsDefaults) {
  ASSERT_OK_AND_ASSIGN(const AuthoritySetup setup, Load(kGood));
  EXPECT_EQ(setup.issuer.state(), "KAZ");
  EXPECT_EQ(setup.config.data_dir(), Path("data"));
  EXPECT_EQ(setup.lifetimes.node, absl::Hours(24 * 7));
  EXPECT_EQ(setup.lifetimes.seal, absl::Hours(24 * 365));
  EXPECT_EQ(setup.lifetimes.caller, absl::Hours(24 * 90));
  EXPECT_TRUE(setup.trust.Knows("KAZ"));
  EXPECT_GT(setup.limits.max_concurrent_streams(), 0u);
}

TEST_F(AuthorityConfigTest, EveryMistakeNamesItsField) {
  ASSERT_OK(Load(kGood));
  EXPECT_THAT(MistakeOf("\"KAZ\"", "\"kaz\""), HasReason("CONFIG_INVALID"));
  for (const auto& [from, to, field] :
       {std::tuple("\"KAZ\"", "\"kaz\"", "state: "), std::tuple("\"KAZ\"", "\"KGZ\"", "issuing: "),
        std::tuple("127.0.0.1:0", "localhost", "listen: "), std::tuple("\"data\"", "\"root.pem\"", "data_dir: "),
        std::tuple("root_file: \"root.pem\"", "", "root_file: is missing"),
        std::tuple("\"root.pem\"", "\"none.pem\"", "root_file: "),
        std::tuple("\"root.pem\"", "\"issuing.pem\"", "issuing: "),
        std::tuple("state:", "crl_files: \"none.pem\" state:", "crl_files: "),
        std::tuple("\"issuing.key\"", "\"none.key\"", "issuing.key_file: "),
        std::tuple("state:", "lifetimes { node_s: 599 } state:", "lifetimes.node_s: is 599; must be 600 to "),
        std::tuple("state:", "lifetimes { seal_s: 60 } state:", "lifetimes.seal_s: is 60; must be 600 to ")}) {
    EXPECT_THAT(MistakeOf(from, to), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field))) << to;
  }
  EXPECT_THAT(Load("king: \"KAZ\""), HasReason("CONFIG_INVALID"));
}

TEST_F(AuthorityConfigTest, AnIssuingCertificateThatHasEndedIsAMistake) {
  EXPECT_THAT(Load(kGood, certs::TestNow() + absl::Hours(24 * 731)).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("issuing.certificate_file: has ended")));
}

}  // namespace
}  // namespace tamga::authority
