#include "node/store/vault.h"

#include <filesystem>

#include "node/store/aes_gcm.h"
#include "node/store/folder_copy.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::HasSubstr;

constexpr char kSecret[] = "SURNAME<<GIVEN<NAMES<CANARY<IN<CLEAR";

using VaultTest = TestStore;

TEST_F(VaultTest, ABodyComesBackUnderItsIdAndContextOnly) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", kSecret}, {TestId("b"), "context", ""}}));
  EXPECT_EQ(vault_->Get(TestId("a"), "context").value(), kSecret);
  EXPECT_EQ(vault_->Get(TestId("b"), "context").value(), "");
  EXPECT_THAT(vault_->Get(TestId("a"), "other"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(vault_->Get(TestId("c"), "context"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(VaultTest, NoPlaintextReachesTheFiles) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", kSecret}}));
  const std::string bytes = AllBytesIn(folder_.path());
  EXPECT_THAT(bytes, HasSubstr(TestId("a")));  // it is these files that hold the blob
  EXPECT_EQ(bytes.find(kSecret), std::string::npos);
  EXPECT_EQ(bytes.find("CANARY"), std::string::npos);
  EXPECT_EQ(bytes.find(std::string(32, 'k')), std::string::npos);  // nor the vault key
}

TEST_F(VaultTest, AnErasedBodyIsGoneAndUnknownIdsAreIgnored) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "1"}, {TestId("b"), "context", "2"}}));
  ASSERT_OK(vault_->Update({TestId("a"), TestId("never stored")}, {}));
  EXPECT_THAT(vault_->Get(TestId("a"), "context"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(vault_->Get(TestId("b"), "context").value(), "2");
}

TEST_F(VaultTest, AnUpdateMayBeRepeated) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "1"}}));
  ASSERT_OK(vault_->Update({TestId("a")}, {{TestId("a"), "context", "1"}}));
  EXPECT_EQ(vault_->Get(TestId("a"), "context").value(), "1");
}

TEST_F(VaultTest, ABodyMovedToAnotherIdDoesNotAuthenticate) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "1"}, {TestId("b"), "context", "2"}}));
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/vault.db", Database::Access::kReadWrite));
  ASSERT_OK(Statement(*other,
                      "UPDATE blob SET (nonce, sealed) = (SELECT nonce, sealed FROM blob WHERE id = ?1) WHERE id = ?2")
                .BindBlob(1, TestId("a"))
                .BindBlob(2, TestId("b"))
                .Run());
  EXPECT_THAT(vault_->Get(TestId("b"), "context"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(VaultTest, AnotherKeyIsRefusedAtOnce) {
  vault_.reset();
  EXPECT_THAT(Vault::Open(folder_.path(), std::string(32, 'x'), rng_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("vault_key_file")));
  EXPECT_THAT(Vault::Open(folder_.path(), "short", rng_), HasReason("INVALID_FIELD"));
  EXPECT_OK(Vault::Open(folder_.path(), std::string(32, 'k'), rng_));
}

TEST_F(VaultTest, TheKeysOfAnotherVaultAreRefused) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", "1"}}));
  vault_.reset();
  std::filesystem::remove(folder_.path() + "/keys.db");
  EXPECT_THAT(Vault::Open(folder_.path(), kTestVaultKey, rng_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another vault")));
}

// Whoever has every file, every copy of vault.db made before, and the root key, has nothing of what was erased.
TEST_F(VaultTest, WhatIsErasedIsInNoFileAndNoCopyOfTheBodiesBringsItBack) {
  ASSERT_OK(vault_->Update({}, {{TestId("a"), "context", kSecret}, {TestId("b"), "context", "2"}}));
  const TestFolder copies;
  ASSERT_OK(BackUp(folder_.path(), copies.path(), kTestNow));
  std::string wrapped;
  {
    ASSERT_OK_AND_ASSIGN(const auto keys, Database::Open(folder_.path() + "/keys.db", Database::Access::kReadOnly));
    Statement statement(*keys, "SELECT wrapped FROM data_key WHERE id = ?1");
    ASSERT_TRUE(statement.BindBlob(1, TestId("a")).Step().value());
    wrapped = statement.Bytes(0);
  }
  ASSERT_NE(AllBytesIn(folder_.path()).find(wrapped), std::string::npos);

  ASSERT_OK(vault_->Update({TestId("a")}, {}));
  // The file, its free pages and its write-ahead log.
  EXPECT_EQ(AllBytesIn(folder_.path()).find(wrapped), std::string::npos);
  vault_.reset();
  EXPECT_EQ(AllBytesIn(folder_.path()).find(wrapped), std::string::npos);
  const std::string copy = std::filesystem::directory_iterator(copies.path())->path().string() + "/vault.db";
  std::filesystem::copy(copy, folder_.path() + "/vault.db", std::filesystem::copy_options::overwrite_existing);
  ASSERT_OK_AND_ASSIGN(vault_, Vault::Open(folder_.path(), kTestVaultKey, rng_));
  EXPECT_THAT(vault_->Get(TestId("a"), "context"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(vault_->Get(TestId("b"), "context").value(), "2");
}

TEST(AesGcmTest, SealsAsInThePublishedVector) {
  // Test case 14 of the GCM specification (McGrew and Viega): a key, nonce and plaintext of zeros.
  const std::string sealed = AesGcmSeal(std::string(32, '\0'), std::string(12, '\0'), "", std::string(16, '\0'));
  EXPECT_EQ(sealed, std::string("\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3\x9d\x18"
                                "\xd0\xd1\xc8\xa7\x99\x99\x6b\xf0\x26\x5b\x98\xb5\xd4\x8a\xb9\x19"));
}

TEST(AesGcmTest, EveryFlippedBitAndEveryCutIsRefused) {
  const std::string key(32, 'k');
  const std::string nonce(12, 'n');
  const std::string sealed = AesGcmSeal(key, nonce, "context", "plaintext");
  ASSERT_EQ(AesGcmOpen(key, nonce, "context", sealed).value(), "plaintext");
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    std::string damaged = sealed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(AesGcmOpen(key, nonce, "context", damaged), StatusIs(absl::StatusCode::kDataLoss)) << bit;
  }
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(AesGcmOpen(key, nonce, "context", sealed.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss));
  }
  EXPECT_THAT(AesGcmOpen(key, nonce, "context", sealed + "x"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(AesGcmOpen(std::string(32, 'j'), nonce, "context", sealed), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(AesGcmOpen(key, std::string(12, 'm'), "context", sealed), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(AesGcmOpen(key, nonce, "contexu", sealed), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace tamga::store
