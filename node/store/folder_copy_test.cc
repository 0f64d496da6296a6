#include "node/store/folder_copy.h"

#include <filesystem>
#include <string>
#include <vector>

#include "node/store/test_store.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kKeep = absl::Hours(24 * 30);

class FolderCopyTest : public TestStore {
 protected:
  absl::Status BackUpAt(absl::Time now) {
    RETURN_IF_ERROR(BackUp(folder_.path(), backups_, now));
    return PruneBackups(backups_, kKeep, now);
  }
  std::vector<std::string> NamesIn(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder)) names.push_back(file.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  // The backup's files as a data folder, with the keys of that other backup.
  std::string RestoreTo(const TestFolder& folder, const std::string& backup, const std::string& keys) {
    for (const char* name : {"exchange.db", "vault.db"}) {
      std::filesystem::copy(backups_ + "/" + backup + "/" + name, folder.path() + "/" + name);
    }
    std::filesystem::copy(backups_ + "/" + keys + "/keys.db", folder.path() + "/keys.db");
    return folder.path();
  }

  TestFolder other_;
  const std::string backups_ = other_.path() + "/backups";
};

TEST_F(FolderCopyTest, ABackupIsWholeAndOpens) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "body"}}));
  EXPECT_EQ(NewestBackup(backups_, kTestNow).value(), absl::InfinitePast());
  ASSERT_OK(BackUpAt(kTestNow));
  EXPECT_EQ(NewestBackup(backups_, kTestNow).value(), kTestNow);
  ASSERT_THAT(NamesIn(backups_), ElementsAre("2026-11-18T11-06-40Z"));
  const TestFolder restored;
  RestoreTo(restored, "2026-11-18T11-06-40Z", "2026-11-18T11-06-40Z");
  ASSERT_OK_AND_ASSIGN(const auto database, ExchangeDb::Open(restored.path(), kTestVaultKey, kTestBlindKey));
  ASSERT_OK_AND_ASSIGN(const auto vault, Vault::Open(restored.path(), kTestVaultKey, rng_));
  EXPECT_EQ(vault->Get(TestId("a"), "context").value(), "body");
}

TEST_F(FolderCopyTest, KeysAreInTheNewestTwoAloneAndOldBackupsGo) {
  for (int day = 0; day < 40; ++day) ASSERT_OK(BackUpAt(kTestNow + day * kDay));
  const std::vector<std::string> names = NamesIn(backups_);
  ASSERT_EQ(names.size(), 31u);
  for (size_t i = 0; i < names.size(); ++i) {
    const bool has_keys = std::filesystem::exists(backups_ + "/" + names[i] + "/keys.db");
    EXPECT_EQ(has_keys, i + kKeyBackups >= names.size()) << names[i];
  }
  // The newest stays, however old.
  ASSERT_OK(PruneBackups(backups_, kKeep, kTestNow + 400 * kDay));
  EXPECT_THAT(NamesIn(backups_), ElementsAre(names.back()));
}

TEST_F(FolderCopyTest, WhatWasErasedIsOutOfAllBackupsWithTheSecondBackupAfterIt) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "erased"}, {TestId("b"), "context", "kept"}}));
  ASSERT_OK(BackUpAt(kTestNow));
  ASSERT_OK(vault_->Update({TestId("a")}, {}));
  ASSERT_OK(BackUpAt(kTestNow + kDay));
  ASSERT_OK(BackUpAt(kTestNow + 2 * kDay));
  const std::vector<std::string> names = NamesIn(backups_);
  ASSERT_EQ(names.size(), 3u);
  // The oldest has the body; no backup has its key.
  for (size_t with_keys = 1; with_keys < 3; ++with_keys) {
    const TestFolder restored;
    RestoreTo(restored, names[0], names[with_keys]);
    ASSERT_OK_AND_ASSIGN(const auto vault, Vault::Open(restored.path(), kTestVaultKey, rng_));
    EXPECT_THAT(vault->Get(TestId("a"), "context"), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_EQ(vault->Get(TestId("b"), "context").value(), "kept");
  }
  EXPECT_FALSE(std::filesystem::exists(backups_ + "/" + names[0] + "/keys.db"));
}

// A backup made while the clock was wrong would keep its keys, and be the newest, for years.
TEST_F(FolderCopyTest, ABackupOfATimeToComeIsTheOldest) {
  ASSERT_OK(BackUpAt(kTestNow + 400 * kDay));
  EXPECT_EQ(NewestBackup(backups_, kTestNow).value(), absl::InfinitePast());
  ASSERT_OK(BackUpAt(kTestNow));
  EXPECT_EQ(NewestBackup(backups_, kTestNow).value(), kTestNow);
  ASSERT_OK(BackUpAt(kTestNow + kDay));
  EXPECT_EQ(NewestBackup(backups_, kTestNow + kDay).value(), kTestNow + kDay);
  for (const std::string& name : NamesIn(backups_)) {
    const bool has_keys = std::filesystem::exists(absl::StrCat(backups_, "/", name, "/keys.db"));
    EXPECT_EQ(has_keys, name.substr(0, 4) == "2026") << name;
  }
  // A correction of the clock makes no backup one of a time to come.
  EXPECT_EQ(NewestBackup(backups_, kTestNow + kDay - absl::Minutes(2)).value(), kTestNow + kDay);
}

TEST_F(FolderCopyTest, WhatIsUnfinishedIsNoBackupAndWhatIsNoBackupIsLeftAlone) {
  ASSERT_OK(BackUpAt(kTestNow));
  std::filesystem::create_directory(backups_ + "/2026-11-19T11-06-40Z.unfinished");
  std::filesystem::create_directory(backups_ + "/notes");
  EXPECT_EQ(NewestBackup(backups_, kTestNow).value(), kTestNow);
  ASSERT_OK(BackUpAt(kTestNow + kDay));
  EXPECT_THAT(NamesIn(backups_), ElementsAre("2026-11-18T11-06-40Z", "2026-11-19T11-06-40Z", "notes"));
  // A folder that cannot be written to fails the backup, and nothing that was there is harmed.
  vault_.reset();
  std::filesystem::remove(folder_.path() + "/keys.db");
  std::filesystem::create_directory(folder_.path() + "/keys.db");
  EXPECT_FALSE(BackUp(folder_.path(), backups_, kTestNow + 2 * kDay).ok());
  EXPECT_EQ(NewestBackup(backups_, kTestNow + kDay).value(), kTestNow + kDay);
}

}  // namespace
}  // namespace tamga::store
