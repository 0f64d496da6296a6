#include "node/store/authority_db.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'795'435'200);

IssuedRow Row(const std::string& serial, const std::string& origin) {
  return {serial, "spiffe://kaz.tamga/border-service/node/main", "key " + serial, origin, kNow + absl::Hours(1),
          "chain"};
}

class AuthorityDbTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  // Two tokens, which the certificates of the tests go back to.
  void AddTokens() {
    for (const char* sha256 : {"token", "another"}) {
      ASSERT_OK(database_->AddToken({sha256, "spiffe://kaz.tamga/border-service/node/main", kNow, ""}));
    }
  }
  void Reopen() {
    database_.reset();
    absl::StatusOr<std::unique_ptr<AuthorityDb>> opened = AuthorityDb::Open(folder_.path());
    ASSERT_OK(opened);
    database_ = *std::move(opened);
  }

  TestFolder folder_;
  std::unique_ptr<AuthorityDb> database_;
};

TEST_F(AuthorityDbTest, ATokenIsUsedOnceAndRemembersByWhat) {
  ASSERT_OK(database_->AddToken({"hash", "spiffe://kaz.tamga/border-service/node/main", kNow, ""}));
  ASSERT_OK(database_->AddByToken(Row("0a", "hash")));
  EXPECT_THAT(database_->AddByToken(Row("0b", "hash")), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(database_->AddByToken(Row("0c", "no such")), StatusIs(absl::StatusCode::kAborted));
  Reopen();
  ASSERT_OK_AND_ASSIGN(const std::optional<TokenRow> token, database_->FindToken("hash"));
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->serial, "0a");
  EXPECT_EQ(token->expires_at, kNow);
  ASSERT_OK_AND_ASSIGN(const std::optional<IssuedRow> issued, database_->FindIssued("0a"));
  ASSERT_TRUE(issued.has_value());
  EXPECT_EQ(issued->origin, "hash");
  EXPECT_EQ(issued->not_after, kNow + absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const std::optional<IssuedRow> refused, database_->FindIssued("0b"));
  EXPECT_FALSE(refused.has_value());
}

TEST_F(AuthorityDbTest, RevocationTakesWhatWasRenewedWithIt) {
  AddTokens();
  ASSERT_OK(database_->AddRenewed(Row("0a", "token")));
  ASSERT_OK(database_->AddRenewed(Row("0b", "token")));
  ASSERT_OK(database_->AddRenewed(Row("0c", "another")));
  ASSERT_OK_AND_ASSIGN(const int64_t revoked, database_->RevokeSerial("0a", kNow));
  EXPECT_EQ(revoked, 2);
  ASSERT_OK_AND_ASSIGN(const int64_t again, database_->RevokeSerial("0b", kNow));
  EXPECT_EQ(again, 0);
  for (const auto& [serial, expected] : {std::pair("0a", true), std::pair("0b", true), std::pair("0c", false)}) {
    ASSERT_OK_AND_ASSIGN(const std::optional<absl::Time> since, database_->RevokedSince(serial));
    EXPECT_EQ(since, expected ? std::optional<absl::Time>(kNow) : std::nullopt) << serial;
  }
}

TEST_F(AuthorityDbTest, WhatWasIssuedOrRenewedHereIsKnown) {
  AddTokens();
  ASSERT_OK(database_->AddRenewed(Row("0a", "token")));
  ASSERT_OK(database_->AddRenewed(Row("0c", "0b")));
  for (const auto& [serial, expected] :
       {std::pair("0a", true), std::pair("0b", true), std::pair("0c", true), std::pair("0d", false)}) {
    ASSERT_OK_AND_ASSIGN(const bool is_known, database_->Knows(serial));
    EXPECT_EQ(is_known, expected) << serial;
  }
}

TEST_F(AuthorityDbTest, AKeyIsRevokedSinceTheLastOfItsCertificatesIs) {
  AddTokens();
  IssuedRow second = Row("0b", "another");
  second.key_sha256 = "key 0a";
  ASSERT_OK(database_->AddRenewed(Row("0a", "token")));
  ASSERT_OK(database_->AddRenewed(second));
  const auto since = [&](const char* key) { return database_->KeyRevokedSince(key).value(); };
  ASSERT_OK(database_->RevokeSerial("0a", kNow).status());
  EXPECT_EQ(since("key 0a"), std::nullopt);
  ASSERT_OK(database_->RevokeSerial("0b", kNow + absl::Hours(1)).status());
  EXPECT_EQ(since("key 0a"), kNow + absl::Hours(1));
  EXPECT_EQ(since("key 0f"), std::nullopt);
}

TEST_F(AuthorityDbTest, OneThatWasIssuedElsewhereIsRevokedWithWhatItWasRenewedInto) {
  ASSERT_OK(database_->AddRenewed(Row("0b", "0a")));
  ASSERT_OK_AND_ASSIGN(const int64_t revoked, database_->RevokeSerial("0a", kNow));
  EXPECT_EQ(revoked, 2);
}

TEST_F(AuthorityDbTest, WithWhatWasRenewedFromOneThatWasIssuedElsewhereThatIsRevoked) {
  ASSERT_OK(database_->AddRenewed(Row("0b", "0a")));
  ASSERT_OK(database_->AddRenewed(Row("0d", "0c")));
  ASSERT_OK_AND_ASSIGN(const int64_t by_serial, database_->RevokeSerial("0b", kNow));
  EXPECT_EQ(by_serial, 2);
  ASSERT_OK_AND_ASSIGN(const int64_t by_key, database_->RevokeKey("key 0d", kNow));
  EXPECT_EQ(by_key, 2);
  ASSERT_OK_AND_ASSIGN(const std::vector<RevokedRow> revoked, database_->Revoked(kNow));
  EXPECT_THAT(revoked, ElementsAre(Field(&RevokedRow::serial, "0a"), Field(&RevokedRow::serial, "0b"),
                                   Field(&RevokedRow::serial, "0c"), Field(&RevokedRow::serial, "0d")));
}

TEST_F(AuthorityDbTest, AKeyIsRevokedWithAllThatGoesBackToTheSame) {
  AddTokens();
  ASSERT_OK(database_->AddRenewed(Row("0a", "token")));
  ASSERT_OK(database_->AddRenewed(Row("0b", "token")));
  ASSERT_OK_AND_ASSIGN(const int64_t revoked, database_->RevokeKey("key 0b", kNow));
  EXPECT_EQ(revoked, 2);
  ASSERT_OK_AND_ASSIGN(const int64_t unknown, database_->RevokeKey("key 0f", kNow));
  EXPECT_EQ(unknown, 0);
}

TEST_F(AuthorityDbTest, WhatHasEndedIsNotListedAnyLonger) {
  AddTokens();
  ASSERT_OK(database_->AddRenewed(Row("0a", "token")));
  ASSERT_OK(database_->RevokeOrigin("token", kNow).status());
  ASSERT_OK_AND_ASSIGN(const std::vector<RevokedRow> now, database_->Revoked(kNow));
  EXPECT_THAT(now, ElementsAre(Field(&RevokedRow::serial, "0a")));
  EXPECT_EQ(now.front().since, kNow);
  ASSERT_OK_AND_ASSIGN(const std::vector<RevokedRow> later, database_->Revoked(kNow + absl::Hours(2)));
  EXPECT_THAT(later, IsEmpty());
  // Of one that was issued elsewhere it is not known when it ends.
  ASSERT_OK(database_->RevokeSerial("0f", kNow).status());
  ASSERT_OK_AND_ASSIGN(const std::vector<RevokedRow> much_later, database_->Revoked(kNow + absl::Hours(24 * 3650)));
  EXPECT_THAT(much_later, ElementsAre(Field(&RevokedRow::serial, "0f")));
}

TEST_F(AuthorityDbTest, ListNumbersGoUpAcrossRestarts) {
  ASSERT_OK_AND_ASSIGN(const uint64_t first, database_->NextListNumber());
  ASSERT_OK_AND_ASSIGN(const uint64_t second, database_->NextListNumber());
  Reopen();
  ASSERT_OK_AND_ASSIGN(const uint64_t third, database_->NextListNumber());
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(AuthorityDbTest, OnlyOneProcessHasIt) {
  EXPECT_THAT(AuthorityDb::Open(folder_.path()), HasReason("ALREADY_RUNNING"));
}

}  // namespace
}  // namespace tamga::store
