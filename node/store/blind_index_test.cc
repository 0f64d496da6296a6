// Identifiers that callers choose: as tokens, and in no file of the node.
#include "node/store/blind_index.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/store/folder_copy.h"
#include "node/store/records.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using State = Reception::State;

constexpr char kTelling[] = "passport-N1234567";
constexpr char kSender[] = "KGZ/interior-ministry";
constexpr char kOtherSender[] = "UZB/interior-ministry";
// Of all kinds of records whose ids callers choose.
constexpr const char* kKinds[] = {"alert", "readmission-key", "trafficking-key", "safeguard-filing", "safeguard-key"};
constexpr char kMadeHere[] = "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c17";
const std::string kRoot(32, 'r');
const std::string kNextRoot(32, 'n');

TEST(BlindIndexTest, OneIdHasAnotherTokenInEachFieldAndUnderEachKey) {
  const BlindIndex blind(kTestBlindKey);
  const BlindIndex other(kTestVaultKey);
  std::set<std::string> tokens = {blind.OfIdempotencyKey(kSender, kTelling),
                                  blind.OfIdempotencyKey(kOtherSender, kTelling), other.OfRecord("alert", kTelling),
                                  other.OfIdempotencyKey(kSender, kTelling), blind.OfRecord("alert", "another")};
  for (const char* kind : kKinds) tokens.insert(blind.OfRecord(kind, kTelling));
  tokens.insert(blind.OfOrderKey(kSender, kTelling));
  tokens.insert(blind.OfOrderKey(kOtherSender, kTelling));
  EXPECT_EQ(tokens.size(), 12u);
  EXPECT_EQ(blind.OfOrderKey(kSender, ""), "");
  for (const std::string& token : tokens) EXPECT_EQ(HexDecode(token).value().size(), 32u) << token;
  EXPECT_EQ(BlindIndex(kTestBlindKey).OfRecord("alert", kTelling), blind.OfRecord("alert", kTelling));
}

// A later version of the program must make the same ones. Computed apart from it, with Python's hmac, as
// HMAC(HMAC(key, "tamga/blind-index/v1 " field 0x01), value).
TEST(BlindIndexTest, TokensStayWhatTheyWere) {
  const BlindIndex blind(kTestBlindKey);
  EXPECT_EQ(blind.OfRecord("alert", kTelling), "ef557fc7fc809f70924ff60fbae2156f611c297d088ea4dc9a22e31faaad744e");
  EXPECT_EQ(blind.OfIdempotencyKey(kSender, kTelling),
            "5d117ffbed3f2dac24342c38c29ebd72983810d25d8d7d2a60051f1b1c72ecfb");
}

TEST(BlindIndexTest, WhatNodesMakeStaysAsItIsAndAnUnlistedKindDoesNot) {
  const BlindIndex blind(kTestBlindKey);
  EXPECT_EQ(blind.OfRecord("readmission", kMadeHere), kMadeHere);
  EXPECT_EQ(blind.OfRecord("timestamp", "00000000000000000042"), "00000000000000000042");
  EXPECT_NE(blind.OfRecord("a kind of next year", kMadeHere), kMadeHere);
}

// A node's stores with keys as a node has them.
class StoredIdsTest : public TestStore {
 protected:
  void SetUp() override { ASSERT_OK(Open(kRoot, "")); }

  absl::Status Open(const std::string& root_key, const std::string& former_root_key) {
    Close();
    ASSIGN_OR_RETURN(std::unique_ptr<KeyStore> keys,
                     KeyStore::Open(folder_.path(), root_key, former_root_key, kTestNow, rng_));
    ASSIGN_OR_RETURN(const std::string mac_key, keys->KeyFor("row-mac"));
    ASSIGN_OR_RETURN(const std::string blind_index_key, keys->KeyFor("blind-index"));
    ASSIGN_OR_RETURN(database_, ExchangeDb::Open(folder_.path(), mac_key, blind_index_key));
    ASSIGN_OR_RETURN(vault_, Vault::Open(folder_.path(), std::move(keys), rng_));
    records_ = std::make_unique<Records>(*database_, *vault_, rng_);
    return absl::OkStatus();
  }
  void Close() {
    records_.reset();
    vault_.reset();
    database_.reset();
  }

  absl::Status Put(absl::string_view kind, absl::string_view id, int64_t expected_version, absl::string_view body,
                   absl::Time now = kTestNow) {
    return Commit(records_->Put(kind, id, expected_version, std::string(body), now));
  }
  absl::StatusOr<Reception> Claim(absl::string_view sender, absl::string_view body) {
    absl::StatusOr<Reception> reception = absl::InternalError("not run");
    RETURN_IF_ERROR(Commit([&](Transaction& transaction) {
      reception = transaction.ClaimIdempotencyKey(sender, kTelling, body, TestId("exchange"), kTestNow);
      return reception.status();
    }));
    return reception;
  }
  // One of everything.
  absl::Status FillAll() {
    for (const char* kind : kKinds) RETURN_IF_ERROR(Put(kind, kTelling, 0, kTelling));
    RETURN_IF_ERROR(Put("readmission", kMadeHere, 0, kTelling));
    RETURN_IF_ERROR(Claim(kSender, "body").status());
    return Commit(
        [](Transaction& transaction) { return transaction.SetKeyAnswered(kSender, kTelling, TestId("reply")); });
  }
  // All that was filled in is found.
  void ExpectAllFound() {
    for (const char* kind : kKinds) EXPECT_EQ(records_->Get(kind, kTelling).value().body, kTelling) << kind;
    EXPECT_EQ(records_->Get("readmission", kMadeHere).value().body, kTelling);
    EXPECT_EQ(Read()->FindByIdempotencyKey(kSender, kTelling, "body").value().reply_blob, TestId("reply"));
  }

  std::unique_ptr<Records> records_;
};

TEST_F(StoredIdsTest, WhatCallersChooseIsInNoFileAndNoBackup) {
  const auto expect_blind = [](const std::string& folder) {
    const std::string bytes = AllBytesIn(folder);
    EXPECT_NE(bytes.find(kMadeHere), std::string::npos);  // it is these files that hold the rows
    for (const std::string& telling : {std::string("N1234567"), HexEncode("N1234567")}) {
      EXPECT_EQ(bytes.find(telling), std::string::npos) << telling;
    }
  };
  ASSERT_OK(FillAll());
  expect_blind(folder_.path());
  EXPECT_NE(AllBytesIn(folder_.path()).find(database_->blind_index().OfRecord("alert", kTelling)), std::string::npos);

  // Rows that changed and went leave free pages and old frames of the write-ahead log.
  Effects many;
  for (int i = 0; i < 300; ++i) many.Add(records_->Put("alert", absl::StrCat(kTelling, "-", i), 0, "body", kTestNow));
  ASSERT_OK(Commit(many));
  ASSERT_OK(Put("alert", kTelling, 1, "newer"));
  const TestFolder backups;
  ASSERT_OK(BackUp(folder_.path(), backups.path(), kTestNow));
  Effects gone;
  for (int i = 0; i < 300; ++i) gone.Add(records_->Delete("alert", absl::StrCat(kTelling, "-", i), 1));
  gone.Add(records_->Delete("readmission-key", kTelling, 1));
  ASSERT_OK(Commit(gone));
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.PruneInbox(absl::InfiniteFuture()); }));
  expect_blind(folder_.path());
  expect_blind(backups.path());
  Close();
  expect_blind(folder_.path());
}

TEST_F(StoredIdsTest, LookupsAndVersionsWorkAsWithIds) {
  for (const char* kind : kKinds) {
    ASSERT_OK(Put(kind, kTelling, 0, "first"));
    EXPECT_THAT(Put(kind, kTelling, 0, "again"), HasReason("VERSION_CONFLICT"));
    ASSERT_OK(Put(kind, kTelling, 1, "second"));
    EXPECT_EQ(records_->Get(kind, kTelling).value().body, "second");
    EXPECT_THAT(records_->Get(kind, "passport-N1234568"), StatusIs(absl::StatusCode::kNotFound));
    // A token is no id: who read one in the file finds nothing by it.
    EXPECT_THAT(records_->Get(kind, records_->Get(kind, kTelling).value().id), StatusIs(absl::StatusCode::kNotFound));
    ASSERT_OK(Commit(records_->Delete(kind, kTelling, 2)));
    EXPECT_THAT(records_->Get(kind, kTelling), StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_F(StoredIdsTest, AnIdempotencyKeyIsRecognisedAndItsMisuseToo) {
  EXPECT_EQ(Claim(kSender, "body").value().state, State::kNew);
  EXPECT_EQ(Claim(kSender, "body").value().state, State::kUnanswered);
  EXPECT_EQ(Claim(kSender, "other body").value().state, State::kContradictory);
  EXPECT_EQ(Claim(kOtherSender, "other body").value().state, State::kNew);
  ASSERT_OK(
      Commit([](Transaction& transaction) { return transaction.SetKeyAnswered(kSender, kTelling, TestId("reply")); }));
  EXPECT_EQ(Claim(kSender, "body").value().state, State::kAnswered);
}

TEST_F(StoredIdsTest, ListsGoByTimeAndTheirTokensNameNobody) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(Put("alert", absl::StrCat(kTelling, "-", i), 0, absl::StrCat(i), kTestNow + absl::Seconds(i)));
  }
  std::string bodies;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const RecordList list, records_->List("alert", 2, token));
    for (const Record& record : list.records) bodies += record.body;
    token = list.next_page_token;
    EXPECT_EQ(HexDecode(token).value().find("N1234567"), std::string::npos);
  } while (!token.empty());
  EXPECT_EQ(bodies, "43210");
}

TEST_F(StoredIdsTest, AScanSeesEachRecordOnceAndARowIsEnoughToDeleteIt) {
  Effects effects;
  for (int i = 0; i < 450; ++i) effects.Add(records_->Put("alert", absl::StrCat(i), 0, absl::StrCat(i), kTestNow));
  ASSERT_OK(Commit(effects));
  std::set<std::string> bodies;
  int calls = 0;
  ASSERT_OK(records_->ForEach("alert", [&](const Record& record) {
    bodies.insert(record.body);
    ++calls;
    return absl::OkStatus();
  }));
  EXPECT_EQ(calls, 450);
  EXPECT_EQ(bodies.size(), 450u);
  const RecordRow row = Read()->GetRecord("alert", "17").value();
  ASSERT_OK(Commit(Records::Delete(row)));
  EXPECT_THAT(records_->Get("alert", "17"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Commit(Records::Delete(row)), HasReason("VERSION_CONFLICT"));
}

TEST_F(StoredIdsTest, TokensOutliveTheAgencysKeyAndTheVaults) {
  ASSERT_OK(FillAll());
  ASSERT_TRUE(vault_->keys().RotateAgencyKey(absl::ZeroDuration(), kTestNow + absl::Hours(1)).value());
  ExpectAllFound();
  ASSERT_OK(Open(kNextRoot, kRoot));
  ExpectAllFound();
  ASSERT_OK(Open(kNextRoot, ""));
  ExpectAllFound();
  EXPECT_THAT(Put("alert", kTelling, 0, "again"), HasReason("VERSION_CONFLICT"));
}

TEST_F(StoredIdsTest, WithoutTheKeyAnIdFindsNothing) {
  ASSERT_OK(FillAll());
  ASSERT_OK_AND_ASSIGN(const std::string mac_key, vault_->keys().KeyFor("row-mac"));
  Close();
  ASSERT_OK_AND_ASSIGN(database_, ExchangeDb::Open(folder_.path(), mac_key, kTestBlindKey));
  EXPECT_THAT(Read()->GetRecord("alert", kTelling), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Read()->FindByIdempotencyKey(kSender, kTelling, "body").value().state, State::kNew);
  EXPECT_OK(Read()->GetRecord("readmission", kMadeHere));
}

}  // namespace
}  // namespace tamga::store
