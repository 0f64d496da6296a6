#include "node/store/key_store.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::HasSubstr;

const std::string kRoot(32, 'r');
const std::string kNextRoot(32, 'n');

class KeyStoreTest : public ::testing::Test {
 protected:
  absl::Status Open(const std::string& root = kRoot, const std::string& former = "") {
    keys_.reset();
    absl::StatusOr<std::unique_ptr<KeyStore>> keys = KeyStore::Open(folder_.path(), root, former, now_, rng_);
    if (keys.ok()) keys_ = *std::move(keys);
    return keys.status();
  }
  void SetUp() override { ASSERT_OK(Open()); }

  std::string FileBytes(const std::string& name) const {
    std::ifstream stream(folder_.path() + "/" + name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }

  static DataKey Key(const std::string& name) { return {TestId(name), (name + std::string(32, '-')).substr(0, 32)}; }
  std::string Found(const std::string& name) { return keys_->Get(TestId(name)).value_or("none"); }

  TestFolder folder_;
  SeededRng rng_{11};
  absl::Time now_ = kTestNow;
  std::unique_ptr<KeyStore> keys_;
};

TEST_F(KeyStoreTest, KeysComeBackAndStandInNoFileInClear) {
  ASSERT_OK(keys_->Update({}, {Key("one"), Key("two")}));
  EXPECT_EQ(Found("one"), Key("one").key);
  ASSERT_OK_AND_ASSIGN(const std::string use, keys_->KeyFor("row-mac"));
  ASSERT_OK(Open());
  EXPECT_EQ(Found("two"), Key("two").key);
  EXPECT_EQ(keys_->KeyFor("row-mac").value(), use);
  EXPECT_NE(keys_->KeyFor("other").value(), use);
  for (const char* file : {"keys.db", "keys.db-wal"}) {
    const std::string bytes = FileBytes(file);
    for (const std::string& secret : {Key("one").key, Key("two").key, use, kRoot}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << file;
    }
  }
}

TEST_F(KeyStoreTest, ADestroyedKeyIsGoneAndTheOthersStay) {
  ASSERT_OK(keys_->Update({}, {Key("one"), Key("two")}));
  ASSERT_OK(keys_->Update({TestId("one"), TestId("never there")}, {Key("three")}));
  EXPECT_THAT(keys_->Get(TestId("one")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Found("two"), Key("two").key);
  EXPECT_EQ(Found("three"), Key("three").key);
  EXPECT_EQ(FileBytes("keys.db-wal").size(), 0u);  // the write-ahead log was begun anew
}

TEST_F(KeyStoreTest, AKeyUnderAnotherIdDoesNotAuthenticate) {
  ASSERT_OK(keys_->Update({}, {Key("one"), Key("two")}));
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/keys.db", Database::Access::kReadWrite));
  ASSERT_OK(
      Statement(*other, "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = ?1) WHERE id = ?2")
          .BindBlob(1, TestId("one"))
          .BindBlob(2, TestId("two"))
          .Run());
  EXPECT_THAT(keys_->Get(TestId("two")), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(KeyStoreTest, WhileTheFileIsReadNothingIsSaidToBeDestroyed) {
  ASSERT_OK(keys_->Update({}, {Key("one")}));
  ASSERT_OK_AND_ASSIGN(const auto reader, Database::Open(folder_.path() + "/keys.db", Database::Access::kReadOnly));
  ASSERT_OK(reader->Execute("PRAGMA busy_timeout = 0"));
  {
    ASSERT_OK(reader->Execute("BEGIN; SELECT count(*) FROM data_key"));
    EXPECT_THAT(keys_->Update({TestId("one")}, {}), StatusIs(absl::StatusCode::kUnavailable));
    ASSERT_OK(reader->Execute("COMMIT"));
  }
  ASSERT_OK(keys_->Update({TestId("one")}, {}));
  EXPECT_EQ(FileBytes("keys.db-wal").size(), 0u);
}

TEST_F(KeyStoreTest, TheAgencyKeyIsReplacedWhenItIsOld) {
  std::vector<DataKey> all;
  for (int i = 0; i < 2'500; ++i) all.push_back(Key(absl::StrCat("key ", i)));
  ASSERT_OK(keys_->Update({}, all));
  EXPECT_EQ(keys_->RotateAgencyKey(absl::Hours(24), now_ + absl::Hours(24)).value(), false);
  EXPECT_EQ(keys_->RotateAgencyKey(absl::Hours(24), now_ + absl::Hours(25)).value(), true);
  EXPECT_EQ(keys_->RotateAgencyKey(absl::Hours(24), now_ + absl::Hours(26)).value(), false);
  EXPECT_EQ(keys_->RotateAgencyKey(absl::Hours(24), now_).value(), true) << "made by a clock that was ahead";
  EXPECT_EQ(keys_->RotateAgencyKey(absl::Hours(24), now_ - absl::Minutes(2)).value(), false) << "a correction";
  ASSERT_OK(keys_->Update({}, {Key("later")}));
  ASSERT_OK(Open());
  for (const DataKey& key : all) ASSERT_EQ(keys_->Get(key.id).value(), key.key);
  EXPECT_EQ(Found("later"), Key("later").key);
  ASSERT_OK_AND_ASSIGN(const auto reader, Database::Open(folder_.path() + "/keys.db", Database::Access::kReadOnly));
  EXPECT_EQ(reader->QueryInt("SELECT count(*) FROM agency_key").value(), 1);
  EXPECT_EQ(reader->QueryInt("SELECT count(DISTINCT agency_key) FROM data_key").value(), 1);
}

TEST_F(KeyStoreTest, ARotationThatWasCutOffIsFinished) {
  ASSERT_OK(keys_->Update({}, {Key("one"), Key("two")}));
  // As after a crash when the new key was made and one of two keys wrapped under it.
  ASSERT_OK(keys_->RotateAgencyKey(absl::ZeroDuration(), now_ + absl::Hours(1)).status());
  ASSERT_OK_AND_ASSIGN(const auto file, Database::Open(folder_.path() + "/keys.db", Database::Access::kReadWrite));
  ASSERT_OK(
      file->Execute("CREATE TABLE kept AS SELECT * FROM agency_key; CREATE TABLE kept_data AS SELECT * FROM "
                    "data_key WHERE hex(id) LIKE '6F6E65%'"));
  ASSERT_OK(keys_->RotateAgencyKey(absl::ZeroDuration(), now_ + absl::Hours(2)).status());
  ASSERT_OK(
      file->Execute("INSERT INTO agency_key SELECT * FROM kept; INSERT OR REPLACE INTO data_key SELECT * FROM "
                    "kept_data; DROP TABLE kept; DROP TABLE kept_data"));
  ASSERT_OK(Open());
  EXPECT_EQ(Found("one"), Key("one").key);
  EXPECT_EQ(Found("two"), Key("two").key);
  EXPECT_EQ(keys_->RotateAgencyKey(absl::InfiniteDuration(), now_).value(), true);
  EXPECT_EQ(Found("one"), Key("one").key);
  EXPECT_EQ(Found("two"), Key("two").key);
  EXPECT_EQ(file->QueryInt("SELECT count(*) FROM agency_key").value(), 1);
}

TEST_F(KeyStoreTest, TheRootKeyIsReplacedWithTheFormerAtHand) {
  ASSERT_OK(keys_->Update({}, {Key("one")}));
  ASSERT_OK_AND_ASSIGN(const std::string use, keys_->KeyFor("pseudonym"));
  EXPECT_THAT(Open(kNextRoot), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("former_vault_key_file")));
  EXPECT_THAT(Open(kNextRoot, std::string(32, 'x')), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(Open(kNextRoot, kRoot));
  EXPECT_EQ(Found("one"), Key("one").key);
  EXPECT_EQ(keys_->KeyFor("pseudonym").value(), use);
  ASSERT_OK(Open(kNextRoot, kRoot));  // until the configuration no longer names the former one
  ASSERT_OK(Open(kNextRoot));
  EXPECT_EQ(keys_->KeyFor("pseudonym").value(), use);
  EXPECT_THAT(Open(kRoot), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(KeyStoreTest, KeysOfAnotherSizeAreRefused) {
  EXPECT_THAT(Open("short"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Open(kRoot, "short"), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::store
