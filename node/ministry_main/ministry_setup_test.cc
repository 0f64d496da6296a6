#include "node/ministry_main/ministry_setup.h"

#include <stdlib.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/authority.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"

namespace tamga::ministry {
namespace {

using ::testing::HasSubstr;

constexpr char kAgency[] = "KAZ/interior-ministry";

class MinistrySetupTest : public ::testing::Test {
 protected:
  MinistrySetupTest() : folder_(::testing::TempDir() + "/ministry.XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    WriteCaller(certs::Role::kSystem);
  }
  ~MinistrySetupTest() override { std::filesystem::remove_all(folder_); }

  void WriteCaller(certs::Role role) {
    SystemRng rng;
    auto authority = certs::StateAuthority::Create("KAZ", absl::Now(), rng);
    ASSERT_OK(authority);
    const auto files = authority->Issue({kAgency, role, "case-system"}, absl::Hours(1), absl::Now(), rng);
    ASSERT_OK(files);
    ASSERT_OK(WriteFile(folder_ + "/roots.pem", authority->RootPem()));
    ASSERT_OK(WriteFile(folder_ + "/caller.pem", files->chain_pem));
    ASSERT_OK(WriteFile(folder_ + "/caller.key", files->key_pem, 0600));
    ASSERT_OK(WriteFile(folder_ + "/system.profile",
                        absl::StrCat("node_address: \"127.0.0.1:1\" node_agency: \"", kAgency,
                                     "\" certificate_file: \"caller.pem\" key_file: \"caller.key\" ",
                                     "trust { state: \"KAZ\" roots_file: \"roots.pem\" }")));
  }
  absl::StatusOr<MinistrySetup> Load(absl::string_view text) {
    EXPECT_OK(WriteFile(folder_ + "/ministry.txtpb", text));
    return LoadMinistrySetup(folder_ + "/ministry.txtpb");
  }
  void ExpectMistake(absl::string_view text, const std::string& line) {
    const auto setup = Load(text);
    EXPECT_THAT(setup, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(line))) << text;
  }

  std::string folder_;
};

TEST_F(MinistrySetupTest, DefaultsAreFilledInAndPathsAreOfTheFilesFolder) {
  ASSERT_OK_AND_ASSIGN(const MinistrySetup setup, Load("profile_file: \"system.profile\" folder { path: \"cases\" }"
                                                       " database { connection: \"host=/run/postgresql\" }"));
  EXPECT_EQ(setup.config.folder().path(), folder_ + "/cases");
  EXPECT_EQ(setup.config.folder().poll_ms(), 1'000u);
  EXPECT_EQ(setup.config.folder().settle_ms(), 2'000u);
  EXPECT_EQ(setup.config.folder().format(), v1::MINISTRY_FILE_FORMAT_JSON);
  EXPECT_EQ(setup.config.database().poll_ms(), 5'000u);
  EXPECT_EQ(setup.config.call_timeout_ms(), 30'000u);
  EXPECT_EQ(setup.profile.node_agency, kAgency);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/cases"));  // only the program makes it
}

TEST_F(MinistrySetupTest, EveryMistakeNamesItsFieldAndHowToMendIt) {
  const std::string profile = "profile_file: \"system.profile\" ";
  ExpectMistake("folder { path: \"cases\" }", "profile_file: ");
  ExpectMistake("profile_file: \"none\" folder { path: \"cases\" }", "profile_file: ");
  ExpectMistake(profile, "folder: is not there");
  ExpectMistake(profile + "folder {}", "folder.path: ");
  ExpectMistake(profile + "folder { path: \"cases\" poll_ms: 99 }", "folder.poll_ms: ");
  ExpectMistake(profile + "folder { path: \"cases\" settle_ms: 600001 }", "folder.settle_ms: ");
  ExpectMistake(profile + "database {}", "database.connection: ");
  ExpectMistake(profile + "database { connection: \"password=x\" }", "passfile");
  ExpectMistake(profile + "database { connection: \"host=/x\" poll_ms: 1 }", "database.poll_ms: ");
  ExpectMistake(profile + "call_timeout_ms: 1 folder { path: \"cases\" }", "call_timeout_ms: ");
  ExpectMistake("nonsense: 1", "ministry.txtpb:1:");
}

TEST_F(MinistrySetupTest, OnlyASystemMayBeTheCaller) {
  WriteCaller(certs::Role::kOfficer);
  ExpectMistake("profile_file: \"system.profile\" folder { path: \"cases\" }", "system's");
}

}  // namespace
}  // namespace tamga::ministry
