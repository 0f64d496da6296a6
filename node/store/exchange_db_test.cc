#include "node/store/exchange_db.h"

#include "absl/strings/str_cat.h"
#include "node/store/page_token.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ExchangeDbTest : public TestStore {
 protected:
  // Entry `index`, logged `index` seconds after kTestNow.
  static EntryRow RowFor(uint64_t index, absl::string_view partner, int kind = 1, int outcome = 1) {
    EntryRow row;
    row.index = index;
    row.exchange_id = TestId(absl::StrCat("exchange", index / 2));
    row.kind = kind;
    row.partner = std::string(partner);
    row.outcome = outcome;
    row.time = kTestNow + absl::Seconds(index);
    row.leaf = std::string(32, static_cast<char>(index));
    row.body = absl::StrCat("entry ", index);
    return row;
  }

  absl::Status Append(const std::vector<EntryRow>& rows) {
    ASSIGN_OR_RETURN(const std::unique_ptr<WriteBatch> batch, database_->Begin());
    for (const EntryRow& row : rows) RETURN_IF_ERROR(batch->AppendEntry(row));
    return batch->Commit();
  }

  // Indices of all pages, and checks that each page but the last is full.
  std::vector<uint64_t> List(const EntryFilter& filter, size_t page_size = 2) {
    std::vector<uint64_t> indices;
    std::string token;
    do {
      const EntryPage page = Read()->ListEntries(filter, page_size, token).value();
      for (const EntryRow& row : page.entries) indices.push_back(row.index);
      token = page.next_page_token;
      EXPECT_TRUE(token.empty() || page.entries.size() == page_size);
    } while (!token.empty());
    return indices;
  }
};

TEST_F(ExchangeDbTest, OneProcessAFolder) {
  EXPECT_THAT(ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey), HasReason("ALREADY_RUNNING"));
  database_.reset();
  EXPECT_OK(ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey));
}

TEST_F(ExchangeDbTest, ANewerFormatIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("PRAGMA user_version = 99"));
  database_.reset();
  EXPECT_THAT(ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer")));
}

// Format 5 held in clear what callers chose.
TEST_F(ExchangeDbTest, AnOlderFormatIsRefusedAndTheWayOutNamed) {
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("PRAGMA user_version = 5"));
  database_.reset();
  EXPECT_THAT(ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("begin a new folder")));
}

TEST_F(ExchangeDbTest, EntriesAreFoundByIndexAndByExchange) {
  ASSERT_OK(Append({RowFor(0, "KGZ/a"), RowFor(1, "KGZ/a"), RowFor(2, "UZB/b")}));
  ReadSession reader = Read();
  EXPECT_EQ(reader->EntryCount().value(), 3u);
  const EntryRow row = reader->EntryAt(1).value();
  EXPECT_EQ(row.body, "entry 1");
  EXPECT_EQ(row.time, kTestNow + absl::Seconds(1));
  EXPECT_THAT(reader->EntryAt(3), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(reader->EntryAt(~uint64_t{0}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(reader->EntriesOfExchange(TestId("exchange0")).value().size(), 2u);
  EXPECT_THAT(reader->EntriesOfExchange(TestId("none")).value(), IsEmpty());
  EXPECT_EQ(reader->LeafHashes(1, 3).value(), std::string(32, '\1') + std::string(32, '\2'));
  EXPECT_THAT(reader->LeafHashes(1, 4), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 3")));
}

TEST_F(ExchangeDbTest, EntriesAreListedNewestFirstByEachFilter) {
  ASSERT_OK(Append({RowFor(0, "KGZ/a", 1, 1), RowFor(1, "KGZ/b", 2, 1), RowFor(2, "KGZA/x", 1, 2),
                    RowFor(3, "UZB/b", 2, 2), RowFor(4, "KGZ/a", 1, 1)}));
  EXPECT_THAT(List({}), ElementsAre(4, 3, 2, 1, 0));
  EXPECT_THAT(List({.since = kTestNow + absl::Seconds(2)}), ElementsAre(4, 3, 2));
  EXPECT_THAT(List({.until = kTestNow + absl::Seconds(2)}), ElementsAre(1, 0));
  EXPECT_THAT(List({.partner = "KGZ/a"}), ElementsAre(4, 0));
  EXPECT_THAT(List({.partner_state = "KGZ"}), ElementsAre(4, 1, 0));
  EXPECT_THAT(List({.kind = 2}), ElementsAre(3, 1));
  EXPECT_THAT(List({.outcome = 2}), ElementsAre(3, 2));
  EXPECT_THAT(List({.until = kTestNow + absl::Seconds(4), .partner_state = "KGZ", .kind = 1}, 1), ElementsAre(0));
}

TEST_F(ExchangeDbTest, EntriesOfOneMomentAreListedOnce) {
  std::vector<EntryRow> rows;
  for (uint64_t i = 0; i < 5; ++i) {
    rows.push_back(RowFor(i, "KGZ/a"));
    rows.back().time = kTestNow;
  }
  ASSERT_OK(Append(rows));
  EXPECT_THAT(List({}, 2), ElementsAre(4, 3, 2, 1, 0));
  EXPECT_THAT(List({}, 5), ElementsAre(4, 3, 2, 1, 0));
}

TEST_F(ExchangeDbTest, ForeignPageTokensAreRefused) {
  for (const char* token : {"x", "00", "20", "3120", "2d31", "7a7a20"}) {
    EXPECT_THAT(Read()->ListEntries({}, 10, token), HasReason("INVALID_FIELD")) << token;
  }
  const std::string token = MakePageToken({kTestNow, "id"});
  EXPECT_EQ(ReadPageToken(token).value()->name, "id");
  EXPECT_THAT(ReadPageToken(token.substr(1)), HasReason("INVALID_FIELD"));
}

TEST_F(ExchangeDbTest, TheLogIsAppendOnly) {
  ASSERT_OK(Append({RowFor(0, "KGZ/a")}));
  EXPECT_FALSE(Append({RowFor(0, "KGZ/a")}).ok());
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  EXPECT_THAT(other->Execute("DELETE FROM entry"), StatusIs(absl::StatusCode::kInternal, HasSubstr("append-only")));
  EXPECT_THAT(other->Execute("UPDATE entry SET facet = 9"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("append-only")));
}

TEST_F(ExchangeDbTest, RowsThatAreNoEntriesAreRefusedAndOtherwiseNotListed) {
  constexpr char kInsert[] =
      "INSERT INTO entry SELECT -7, xid, facet, t, asker, case_file, leaf, body, mac FROM entry WHERE idx = 0;"
      "INSERT INTO entry SELECT 9223372036854775807, xid, facet, t, asker, case_file, leaf, body, mac FROM entry "
      "WHERE idx = 0";
  ASSERT_OK(Append({RowFor(0, "KGZ/a"), RowFor(1, "KGZ/a")}));
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  EXPECT_THAT(other->Execute(kInsert), StatusIs(absl::StatusCode::kInternal, HasSubstr("CHECK")));
  ASSERT_OK(other->Execute("PRAGMA ignore_check_constraints = ON"));
  ASSERT_OK(other->Execute(kInsert));
  EXPECT_THAT(List({.below = 2}), ElementsAre(1, 0));
  EXPECT_THAT(List({.kind = 1, .below = 1}), ElementsAre(0));
  EXPECT_EQ(Read()->EntriesOfExchange(TestId("exchange0")).value().front().index, 0u);
  const uint64_t count = Read()->EntryCount().value();
  EXPECT_EQ(count, uint64_t{1} << 63);
  EXPECT_THAT(Read()->StrayEntries(2, count, 9).value(), ElementsAre(-7, 9223372036854775807));
  EXPECT_THAT(Read()->StrayEntries(2, 2, 9).value(), ElementsAre(-7));
}

TEST_F(ExchangeDbTest, ALogOfRowsBelowZeroAloneIsEmpty) {
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("PRAGMA ignore_check_constraints = ON"));
  ASSERT_OK(other->Execute("INSERT INTO entry VALUES(-5, x'00', 1, 1, NULL, NULL, x'00', x'00', x'00')"));
  EXPECT_EQ(Read()->EntryCount().value(), 0u);
  EXPECT_THAT(Read()->StrayEntries(0, 0, 9).value(), ElementsAre(-5));
  EXPECT_THAT(List({}), IsEmpty());
}

TEST_F(ExchangeDbTest, ARefusedSubmissionUndoesItselfAlone) {
  ASSERT_OK_AND_ASSIGN(const auto batch, database_->Begin());
  const auto put = [](absl::string_view id) {
    return [id](Transaction& transaction) { return transaction.PutRecord("kind", id, 0, TestId(id), kTestNow); };
  };
  ASSERT_OK(batch->Try(put("one")));
  EXPECT_THAT(batch->Try([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(put("two")(transaction));
    return absl::AbortedError("changed my mind");
  }),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(batch->Try(put("three")));
  ASSERT_OK(batch->Commit());
  EXPECT_OK(Read()->GetRecord("kind", "one"));
  EXPECT_THAT(Read()->GetRecord("kind", "two"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(Read()->GetRecord("kind", "three"));
}

TEST_F(ExchangeDbTest, ABatchWithoutCommitLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto batch, database_->Begin());
    ASSERT_OK(batch->AppendEntry(RowFor(0, "KGZ/a")));
  }
  EXPECT_EQ(Read()->EntryCount().value(), 0u);
  EXPECT_OK(Append({RowFor(0, "KGZ/a")}));
}

TEST_F(ExchangeDbTest, TilesAndCheckpointsAreFound) {
  ASSERT_OK_AND_ASSIGN(const auto batch, database_->Begin());
  const std::string roots[] = {std::string(32, '0'), std::string(32, '1')};
  ASSERT_OK(batch->PutTile({0, 0, roots[0], "data0"}));
  ASSERT_OK(batch->PutTile({0, 1, roots[1], "data1"}));
  ASSERT_OK(batch->PutTile({1, 0, "short", "data"}));
  for (const uint64_t size : {0, 300, 7}) ASSERT_OK(batch->PutCheckpoint({size, absl::StrCat("note ", size)}));
  ASSERT_OK(batch->PutCheckpoint({7, "note 7, signed again"}));
  ASSERT_OK(batch->Commit());
  ReadSession reader = Read();
  EXPECT_EQ(reader->TileAt(0, 1).value().data, "data1");
  EXPECT_THAT(reader->TileAt(2, 0), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(reader->TileRoots(0, 0, 2).value(), roots[0] + roots[1]);
  EXPECT_THAT(reader->TileRoots(0, 1, 3), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 2 of level 0")));
  EXPECT_THAT(reader->TileRoots(1, 0, 1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("5 bytes")));
  EXPECT_EQ(reader->NewestCheckpoint().value()->size, 300u);
  const std::vector<CheckpointRow> rows = reader->CheckpointsAfter(-1, 2).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].size, 0u);
  EXPECT_EQ(rows[1].note, "note 7, signed again");
}

}  // namespace
}  // namespace tamga::store
