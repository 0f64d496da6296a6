#include "node/store/row_mac.h"

#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSender[] = "KGZ/interior-ministry";
constexpr char kId[] = "case of Zhumagulov";

// One row in each table that the node acts on, and all the ways to read it.
class RowMacTest : public TestStore {
 protected:
  void SetUp() override {
    TestStore::SetUp();
    ASSERT_OK(Commit([](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(
          transaction.PutRecord("case", kId, 0, TestId("blob"), kTestNow, Origin{TestId("received"), kSender, false}));
      RETURN_IF_ERROR(transaction.AddHolding({{TestId("received"), kSender, false}, kTestNow, kTestNow, 2, "holding"}));
      RETURN_IF_ERROR(transaction.AddOutbox(
          {TestId("sent"), kSender, 1, TestId("message"), 0, kTestNow, kTestNow + absl::Hours(1)}));
      RETURN_IF_ERROR(transaction.PutDeadLetter({TestId("dead"), kSender, 1, "", 3, "REASON", 2, kTestNow}));
      RETURN_IF_ERROR(
          transaction.RecordReceived(kSender, TestId("received"), "digest", kTestNow + absl::Hours(1)).status());
      RETURN_IF_ERROR(transaction.ClaimIdempotencyKey(kSender, "key", "digest", TestId("received"), kTestNow).status());
      return absl::OkStatus();
    }));
  }

  void Tamper(const std::string& sql) {
    ASSERT_OK_AND_ASSIGN(const auto other,
                         Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
    ASSERT_OK(other->Execute(sql));
  }

  // What becomes of reading the one row of each table.
  static std::vector<absl::Status> ReadRecord(Reader& reader) {
    return {reader.GetRecord("case", kId).status(), reader.ListRecords("case", 10, "").status(),
            reader.RecordsAfter("case", "", 10).status()};
  }
  static std::vector<absl::Status> ReadOutbox(Reader& reader) {
    // A row is found under the partner that now stands in it.
    const absl::Time later = kTestNow + absl::Hours(9);
    absl::Status due = reader.DueOutbox(kSender, later, 10).status();
    due.Update(reader.DueOutbox("UZB/x", later, 10).status());
    return {reader.FindOutbox(TestId("sent")).status(), reader.ListOutbox(10).status(), due};
  }
  static std::vector<absl::Status> ReadDeadLetter(Reader& reader) {
    return {reader.FindDeadLetter(TestId("dead")).status(), reader.ListDeadLetters(10).status()};
  }
  static std::vector<absl::Status> ReadInbox(Reader& reader) {
    return {reader.FindReceived(kSender, TestId("received"), "digest").status(),
            reader.FindReceived(kSender, TestId("received"), "other").status()};
  }
  static std::vector<absl::Status> ReadHolding(Reader& reader) {
    return {reader.ListHoldings({}, 10, "").status(), reader.DueHoldings(absl::InfiniteFuture(), 10).status()};
  }
  static std::vector<absl::Status> ReadKey(Reader& reader) {
    return {reader.FindByIdempotencyKey(kSender, "key", "digest").status()};
  }
};

struct Change {
  const char* name;
  const char* sql;
  std::vector<absl::Status> (*read)(Reader&);
};

class ChangedRowTest : public RowMacTest, public ::testing::WithParamInterface<Change> {
 public:
  static constexpr auto kRecord = ReadRecord;
  static constexpr auto kOutbox = ReadOutbox;
  static constexpr auto kDeadLetter = ReadDeadLetter;
  static constexpr auto kInbox = ReadInbox;
  static constexpr auto kKey = ReadKey;
  static constexpr auto kHolding = ReadHolding;
};

TEST_P(ChangedRowTest, IsRefusedWhereverItIsRead) {
  for (const absl::Status& status : GetParam().read(*Read())) ASSERT_OK(status);
  Tamper(GetParam().sql);
  for (const absl::Status& status : GetParam().read(*Read())) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(status, HasReason("ROW_ALTERED"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ChangedRowTest,
    ::testing::Values(
        Change{"RecordOfAnotherBlob", "UPDATE record SET blob = zeroblob(16)", ChangedRowTest::kRecord},
        Change{"RecordOfAnotherVersion", "UPDATE record SET version = 7", ChangedRowTest::kRecord},
        Change{"RecordOfAnotherTime", "UPDATE record SET updated_at = updated_at + 1", ChangedRowTest::kRecord},
        Change{"RecordWithoutMac", "UPDATE record SET mac = x''", ChangedRowTest::kRecord},
        Change{"RecordWithoutOrigin",
               "UPDATE record SET origin_xid = NULL, origin_partner = NULL, origin_own_asked = NULL",
               ChangedRowTest::kRecord},
        Change{"RecordOfAnotherExchange", "UPDATE record SET origin_xid = zeroblob(16)", ChangedRowTest::kRecord},
        Change{"RecordOfAnotherPartner", "UPDATE record SET origin_partner = 'UZB/x'", ChangedRowTest::kRecord},
        Change{"RecordOfTheOtherSide", "UPDATE record SET origin_own_asked = 1", ChangedRowTest::kRecord},
        Change{"HoldingOfAnotherPartner", "UPDATE holding SET partner = 'UZB/x'", ChangedRowTest::kHolding},
        Change{"HoldingOfTheOtherSide", "UPDATE holding SET own_asked = 1", ChangedRowTest::kHolding},
        Change{"HoldingDueLater", "UPDATE holding SET due_at = due_at + 1", ChangedRowTest::kHolding},
        Change{"HoldingActedOnLater", "UPDATE holding SET act_at = act_at + 1", ChangedRowTest::kHolding},
        Change{"HoldingInAnotherState", "UPDATE holding SET states = 8", ChangedRowTest::kHolding},
        Change{"HoldingOfAnotherBody", "UPDATE holding SET body = x'00'", ChangedRowTest::kHolding},
        Change{"OutboxOfAnotherPartner", "UPDATE outbox SET partner = 'UZB/x'", ChangedRowTest::kOutbox},
        Change{"OutboxOfAnotherOperation", "UPDATE outbox SET operation = 2", ChangedRowTest::kOutbox},
        Change{"OutboxOfAnotherMessage", "UPDATE outbox SET message_blob = zeroblob(16)", ChangedRowTest::kOutbox},
        Change{"OutboxOfMoreAttempts", "UPDATE outbox SET attempts = 1000", ChangedRowTest::kOutbox},
        Change{"OutboxDueAtAnotherTime", "UPDATE outbox SET next_at = 0", ChangedRowTest::kOutbox},
        Change{"OutboxThatExpires", "UPDATE outbox SET expires_at = 0", ChangedRowTest::kOutbox},
        Change{"OutboxInAnotherOrder", "UPDATE outbox SET order_token = 'x'", ChangedRowTest::kOutbox},
        Change{"OutboxAtAnotherPlace", "UPDATE outbox SET position = 7", ChangedRowTest::kOutbox},
        Change{"OutboxThatHasLeft", "UPDATE outbox SET has_left = 1", ChangedRowTest::kOutbox},
        Change{"DeadLetterToAnother", "UPDATE dead_letter SET partner = 'UZB/x'", ChangedRowTest::kDeadLetter},
        Change{"DeadLetterOfAnotherReason", "UPDATE dead_letter SET reason = 'x'", ChangedRowTest::kDeadLetter},
        Change{"InboxOfAnotherDigest", "UPDATE inbox SET header_sha256 = 'digesT'", ChangedRowTest::kInbox},
        Change{"InboxOfAnotherReply", "UPDATE inbox SET reply_blob = x''", ChangedRowTest::kInbox},
        Change{"InboxThatIsKeptLonger", "UPDATE inbox SET expires_at = expires_at + 1", ChangedRowTest::kInbox},
        Change{"KeyOfAnotherDigest", "UPDATE inbox_key SET body_sha256 = x'00'", ChangedRowTest::kKey},
        Change{"KeyOfAnotherExchange", "UPDATE inbox_key SET xid = zeroblob(16)", ChangedRowTest::kKey},
        Change{"KeyOfAnotherReply", "UPDATE inbox_key SET reply_blob = zeroblob(16)", ChangedRowTest::kKey},
        Change{"KeyThatIsKeptLonger", "UPDATE inbox_key SET expires_at = expires_at + 1", ChangedRowTest::kKey}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(RowMacTest, ARowUnderAnotherNameIsRefused) {
  Tamper(absl::StrCat("UPDATE record SET kind = 'alert', id = '", database_->blind_index().OfRecord("alert", "other"),
                      "'"));
  EXPECT_THAT(Read()->GetRecord("alert", "other"), HasReason("ROW_ALTERED"));
  Tamper("UPDATE outbox SET xid = zeroblob(16)");
  EXPECT_THAT(Read()->FindOutbox(std::string(16, '\0')), HasReason("ROW_ALTERED"));
  Tamper("UPDATE inbox SET sender = 'UZB/x'");
  EXPECT_THAT(Read()->FindReceived("UZB/x", TestId("received"), "digest"), HasReason("ROW_ALTERED"));
  Tamper(absl::StrCat("UPDATE inbox_key SET key_token = '", database_->blind_index().OfIdempotencyKey(kSender, "other"),
                      "'"));
  EXPECT_THAT(Read()->FindByIdempotencyKey(kSender, "other", "digest"), HasReason("ROW_ALTERED"));
}

TEST_F(RowMacTest, TheMacOfAnotherRowIsRefused) {
  ASSERT_OK(Commit(
      [](Transaction& transaction) { return transaction.PutRecord("case", "other", 0, TestId("blob"), kTestNow); }));
  Tamper(absl::StrCat("UPDATE record SET mac = (SELECT mac FROM record WHERE id = '",
                      database_->blind_index().OfRecord("case", "other"), "')"));
  EXPECT_THAT(Read()->GetRecord("case", kId), HasReason("ROW_ALTERED"));
  EXPECT_OK(Read()->GetRecord("case", "other"));
}

TEST_F(RowMacTest, AnAlteredRowIsNotWrittenOver) {
  Tamper(
      "UPDATE record SET version = 0; UPDATE outbox SET attempts = 9; UPDATE inbox SET expires_at = 0;"
      "UPDATE inbox_key SET expires_at = 0; UPDATE holding SET states = 9");
  const std::vector<Write> writes = {
      [](Transaction& transaction) { return transaction.PutRecord("case", kId, 0, TestId("new"), kTestNow); },
      [](Transaction& transaction) { return transaction.DeleteRecord("case", kId, 0); },
      [](Transaction& transaction) { return transaction.MarkAttempt(TestId("sent"), kTestNow); },
      [](Transaction& transaction) { return transaction.PostponeOutbox(TestId("sent"), kTestNow); },
      [](Transaction& transaction) { return transaction.SetAnswered(kSender, TestId("received"), TestId("reply")); },
      [](Transaction& transaction) { return transaction.SetKeyAnswered(kSender, "key", TestId("reply")); },
      [](Transaction& transaction) {
        return transaction.ChangeHolding({{TestId("received"), kSender, false}, kTestNow, kTestNow, 8, "new"},
                                         "holding");
      },
      [](Transaction& transaction) {
        return transaction.ForgetOrigin({TestId("received"), kSender, false});
      }};
  for (const Write& write : writes) EXPECT_THAT(Commit(write), HasReason("ROW_ALTERED"));
}

TEST_F(RowMacTest, RowsThatTheNodeChangesStayGood) {
  ASSERT_OK(Commit([](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.PutRecord("case", kId, 1, TestId("new"), kTestNow));
    RETURN_IF_ERROR(transaction.ForgetOrigin({TestId("received"), kSender, false}));
    RETURN_IF_ERROR(
        transaction.ChangeHolding({{TestId("received"), kSender, false}, kTestNow, kTestNow, 8, "new"}, "holding"));
    RETURN_IF_ERROR(transaction.MarkAttempt(TestId("sent"), kTestNow));
    RETURN_IF_ERROR(transaction.PostponeOutbox(TestId("sent"), kTestNow + absl::Seconds(1)));
    RETURN_IF_ERROR(transaction.SetAnswered(kSender, TestId("received"), TestId("reply")));
    return transaction.SetKeyAnswered(kSender, "key", TestId("reply"));
  }));
  for (const auto& read : {ReadRecord, ReadOutbox, ReadInbox, ReadKey, ReadHolding}) {
    for (const absl::Status& status : read(*Read())) EXPECT_OK(status);
  }
}

TEST_F(RowMacTest, AnotherKeyMakesOtherMacs) {
  database_.reset();
  ASSERT_OK_AND_ASSIGN(database_, ExchangeDb::Open(folder_.path(), std::string(32, 'x'), kTestBlindKey));
  EXPECT_THAT(Read()->GetRecord("case", kId), HasReason("ROW_ALTERED"));
}

TEST_F(RowMacTest, TheFaultNamesKindAndHashButNobody) {
  Tamper("UPDATE record SET version = 7");
  const std::string stored_id = database_->blind_index().OfRecord("case", kId);
  EXPECT_THAT(Read()->GetRecord("case", kId),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("case record"), HasSubstr(HexEncode(Sha256(stored_id)).substr(0, 16)),
                             HasSubstr("backup"), Not(HasSubstr("Zhumagulov")))));
}

TEST(RowMac, NoTwoRowsHaveTheSame) {
  const RowMac mac(std::string(32, 'k'));
  const std::vector<std::string> macs = {
      mac.Make("t", {"ab", "c"}),   mac.Make("t", {"a", "bc"}),    mac.Make("t", {"abc"}),
      mac.Make("t", {"abc", ""}),   mac.Make("u", {"abc"}),        mac.Make("t", {std::monostate()}),
      mac.Make("t", {""}),          mac.Make("t", {int64_t{0}}),   mac.Make("t", {}),
      mac.Make("t", {int64_t{-1}}), mac.Make("t", {int64_t{255}}), mac.Make("t", {std::string(8, '\0')}),
  };
  for (size_t i = 0; i < macs.size(); ++i) {
    EXPECT_EQ(macs[i].size(), 32u);
    for (size_t k = 0; k < i; ++k) EXPECT_NE(macs[i], macs[k]) << i << " and " << k;
  }
}

}  // namespace
}  // namespace tamga::store
