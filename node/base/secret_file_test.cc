#include "node/base/secret_file.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

constexpr uid_t kUser = 1000;
constexpr uid_t kOther = 1001;

absl::Status CheckFile(uid_t owner, mode_t mode, uid_t user = kUser) {
  struct stat file = {};
  file.st_uid = owner;
  file.st_mode = mode;
  return CheckSecretFile("seal.key", file, user);
}

TEST(SecretFile, OwnerAndModeDecide) {
  struct Case {
    uid_t owner;
    mode_t mode;
    const char* fix;  // empty: it is good
  };
  for (const Case& c : {Case{kUser, 0600, ""}, Case{kUser, 0400, ""}, Case{0, 0600, ""}, Case{0, 0400, ""},
                        Case{0, 0440, ""}, Case{kUser, 0440, "chmod 600 seal.key"}, Case{0, 0640, "chmod 600 seal.key"},
                        Case{0, 0444, "chmod 600 seal.key"}, Case{0, 0460, "chmod 600 seal.key"},
                        Case{kUser, 0644, "chmod 600 seal.key"}, Case{kUser, 0602, "chmod 600 seal.key"},
                        Case{kUser, 0610, "chmod 600 seal.key"}, Case{kOther, 0600, "chown 1000 seal.key"},
                        Case{kOther, 0400, "chown 1000 seal.key"}}) {
    const absl::Status status = CheckFile(c.owner, S_IFREG | c.mode);
    if (*c.fix == '\0') {
      EXPECT_OK(status) << c.owner << " " << c.mode;
    } else {
      EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition, HasSubstr(c.fix))) << c.owner << " " << c.mode;
    }
  }
}

TEST(SecretFile, ForRootOnlyRootsAreGood) {
  EXPECT_OK(CheckFile(0, S_IFREG | 0600, 0));
  EXPECT_THAT(CheckFile(kUser, S_IFREG | 0600, 0), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("user 1000")));
}

TEST(SecretFile, OnlyRegularFilesAreGood) {
  for (const mode_t type : {S_IFIFO, S_IFDIR, S_IFCHR, S_IFBLK, S_IFSOCK}) {
    EXPECT_THAT(CheckFile(kUser, type | 0600),
                StatusIs(StatusCode::kFailedPrecondition, HasSubstr("seal.key holds a secret but is no regular file")));
  }
}

class ReadSecretFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/tamga-secret-XXXXXX";
    TAMGA_CHECK(::mkdtemp(folder_.data()) != nullptr);
    ASSERT_OK(WriteFile(Path("key"), "secret", 0600));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(ReadSecretFileTest, ReadsWhatOnlyItsOwnerCanRead) {
  EXPECT_EQ(ReadSecretFile(Path("key")).value(), "secret");
  ASSERT_EQ(::chmod(Path("key").c_str(), 0604), 0);
  EXPECT_THAT(ReadSecretFile(Path("key")), StatusIs(StatusCode::kFailedPrecondition, HasSubstr(Path("key"))));
  EXPECT_THAT(ReadSecretFile(Path("none")), StatusIs(StatusCode::kNotFound));
}

TEST_F(ReadSecretFileTest, ReadsTheWholeFileAndNoLargerOne) {
  const std::string most(65536, 's');
  ASSERT_OK(WriteFile(Path("key"), most, 0600));
  EXPECT_EQ(ReadSecretFile(Path("key")).value(), most);
  ASSERT_OK(WriteFile(Path("key"), most + "s", 0600));
  EXPECT_THAT(ReadSecretFile(Path("key")), StatusIs(StatusCode::kResourceExhausted, HasSubstr(Path("key"))));
  ASSERT_OK(WriteFile(Path("key"), "", 0600));
  EXPECT_EQ(ReadSecretFile(Path("key")).value(), "");
}

TEST_F(ReadSecretFileTest, DoesNotWaitForAPipeNorReadAFolder) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  for (const std::string& path : {Path("pipe"), folder_}) {
    EXPECT_THAT(ReadSecretFile(path), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("no regular file")));
  }
}

TEST_F(ReadSecretFileTest, FollowsALinkToAFileThatIsGood) {
  ASSERT_EQ(::symlink("key", Path("link").c_str()), 0);
  EXPECT_EQ(ReadSecretFile(Path("link")).value(), "secret");
  ASSERT_EQ(::chmod(Path("key").c_str(), 0644), 0);
  EXPECT_THAT(ReadSecretFile(Path("link")), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("chmod 600")));
}

TEST_F(ReadSecretFileTest, NeitherTheFileNorItsLinkMayBeReplacedByEverybody) {
  ASSERT_OK(MakeFolder(Path("open")));
  ASSERT_OK(WriteFile(Path("open/key"), "secret", 0600));
  ASSERT_EQ(::symlink("../key", Path("open/link").c_str()), 0);
  ASSERT_EQ(::symlink("open/key", Path("link").c_str()), 0);
  const std::vector<std::string> paths = {Path("open/key"), Path("open/link"), Path("link")};
  ASSERT_EQ(::chmod(Path("open").c_str(), 0777), 0);
  for (const std::string& path : paths) {
    EXPECT_THAT(ReadSecretFile(path), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("chmod o-w"))) << path;
  }
  for (const mode_t mode : {01777, 0755, 0700}) {
    ASSERT_EQ(::chmod(Path("open").c_str(), mode), 0);
    for (const std::string& path : paths) EXPECT_OK(ReadSecretFile(path)) << path << " " << mode;
  }
}

TEST_F(ReadSecretFileTest, AnotherUsersFileIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away; OwnerAndModeDecide has the rule";
  ASSERT_EQ(::chown(Path("key").c_str(), kOther, kOther), 0);
  EXPECT_THAT(ReadSecretFile(Path("key")), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("chown 0")));
}

}  // namespace
}  // namespace tamga
