#include "node/ledger/log_verifier.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/ledger/test_log.h"

namespace tamga::ledger {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kEntries = 600;  // two full tiles and a partial one

MATCHER_P2(FaultAt, index, detail, "is a fault at the index with that detail") {
  *result_listener << (arg.index ? absl::StrCat("at ", *arg.index) : "nowhere") << ": " << arg.detail;
  return arg.index == index && ::testing::ExplainMatchResult(HasSubstr(detail), arg.detail, result_listener);
}

MATCHER_P(FaultOf, detail, "is a fault without index with that detail") {
  *result_listener << arg.detail;
  return !arg.index && ::testing::ExplainMatchResult(HasSubstr(detail), arg.detail, result_listener);
}

class LogVerifierTest : public TestLog {
 protected:
  // Opens what is in the folder.
  void Open() { TestLog::SetUp(); }

  void SetUp() override {
    Open();
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    AppendEntries(*writer, Read()->EntryCount().value(), kEntries);
    ASSERT_OK(writer->Settle());
  }

  std::vector<LogFault> FaultsAfter(const std::string& sql) {
    Tamper(sql);
    return Verify().value().faults;
  }
};

std::string Blob(absl::string_view bytes) { return absl::StrCat("x'", HexEncode(bytes), "'"); }

TEST_F(LogVerifierTest, AnUntouchedLogIsIntact) {
  std::vector<uint64_t> progress;
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, VerifyLog(*database_, log_key_.key(), certs::VerifyEd25519,
                                                           absl::OkStatus, [&](uint64_t checked, uint64_t total) {
                                                             progress.push_back(checked);
                                                             EXPECT_EQ(total, kEntries);
                                                             return true;
                                                           }));
  EXPECT_TRUE(verdict.intact());
  EXPECT_EQ(verdict.entries, kEntries);
  EXPECT_EQ(verdict.checkpoint_size, kEntries);
  EXPECT_THAT(progress, ElementsAre(256, 512, kEntries));
}

TEST_F(LogVerifierTest, AByteChangedInAnEntryIsNamedByItsIndex) {
  std::string body = TestEntry(123);
  body[20] = static_cast<char>(body[20] ^ 1);
  const auto faults = FaultsAfter(absl::StrCat("UPDATE entry SET body = ", Blob(body), " WHERE idx = 123"));
  EXPECT_THAT(faults, ElementsAre(FaultAt(123u, "do not hash"), FaultOf("checkpoint of size 200")));
  EXPECT_EQ(faults[0].exchange_id.size(), 16u);
}

TEST_F(LogVerifierTest, AnEntryReplacedWithItsLeafIsNamedByItsTile) {
  const std::string body = TestEntry(9999);
  const auto faults = FaultsAfter(absl::StrCat("UPDATE entry SET body = ", Blob(body),
                                               ", leaf = ", Blob(LeafHash(body).bytes()), " WHERE idx = 123"));
  EXPECT_THAT(faults, Contains(FaultAt(123u, "exchange id differs")));
  EXPECT_THAT(faults, Contains(FaultAt(123u, "leaf differs from tile 0")));
  EXPECT_THAT(faults, Contains(FaultOf("an entry from 100 to 199 was changed")));
}

TEST_F(LogVerifierTest, AnEntryAtTheRightEdgeReplacedWithItsLeafIsFoundByTheCheckpoint) {
  const std::string body = TestEntry(599);
  std::string other = body;
  other.back() = static_cast<char>(other.back() ^ 1);
  const auto faults = FaultsAfter(absl::StrCat("UPDATE entry SET body = ", Blob(other),
                                               ", leaf = ", Blob(LeafHash(other).bytes()), " WHERE idx = 599"));
  EXPECT_THAT(faults, ElementsAre(FaultOf("an entry from 500 to 599 was changed")));
}

struct ColumnChange {
  const char* column;
  const char* value;
  const char* detail;
};

class ChangedColumnTest : public LogVerifierTest, public ::testing::WithParamInterface<ColumnChange> {};

TEST_P(ChangedColumnTest, IsNamed) {
  EXPECT_THAT(
      FaultsAfter(absl::StrCat("UPDATE entry SET ", GetParam().column, " = ", GetParam().value, " WHERE idx = 42")),
      ElementsAre(FaultAt(42u, GetParam().detail)));
}

INSTANTIATE_TEST_SUITE_P(All, ChangedColumnTest,
                         ::testing::Values(ColumnChange{"xid", "zeroblob(16)", "exchange id"},
                                           ColumnChange{"facet", "2", "partner"}, ColumnChange{"t", "0", "time"},
                                           ColumnChange{"asker", "x'00'", "asker"},
                                           ColumnChange{"case_file", "x'00'", "case"}),
                         [](const auto& param) { return param.param.column; });

// All even entries have the facet 1.
class ChangedFacetTest : public LogVerifierTest, public ::testing::WithParamInterface<ColumnChange> {};

TEST_P(ChangedFacetTest, IsNamed) {
  EXPECT_THAT(FaultsAfter(absl::StrCat("DROP TRIGGER facet_no_update; UPDATE facet SET ", GetParam().column, " = ",
                                       GetParam().value, " WHERE id = 1")),
              Contains(FaultAt(42u, GetParam().detail)));
}

INSTANTIATE_TEST_SUITE_P(
    All, ChangedFacetTest,
    ::testing::Values(ColumnChange{"kind", "6", "kind"}, ColumnChange{"partner", "'TJK/x'", "partner"},
                      ColumnChange{"outcome", "3", "outcome"}, ColumnChange{"treaty", "'T'", "treaty"},
                      ColumnChange{"articles", "'T art. 1' || char(10)", "list of articles"},
                      ColumnChange{"record_kind", "3", "kind of record"}, ColumnChange{"operation", "3", "operation"}),
    [](const auto& param) { return param.param.column; });

TEST_F(LogVerifierTest, AFacetThatIsGoneIsFoundAtItsEntries) {
  EXPECT_THAT(FaultsAfter("DROP TRIGGER facet_no_delete; DELETE FROM facet WHERE id = 1"),
              Contains(FaultAt(42u, "kind")));
}

TEST_F(LogVerifierTest, MissingEntriesAreNamed) {
  EXPECT_THAT(FaultsAfter("DELETE FROM entry WHERE idx IN (0, 300, 301)"),
              ElementsAre(FaultAt(0u, "missing"), FaultAt(300u, "missing"), FaultAt(301u, "missing")));
}

TEST_F(LogVerifierTest, ALogCutShortContradictsItsCheckpoint) {
  EXPECT_THAT(FaultsAfter("DELETE FROM entry WHERE idx >= 590"), ElementsAre(FaultOf("only 590 entries")));
}

TEST_F(LogVerifierTest, DamagedTilesAreNamed) {
  EXPECT_THAT(FaultsAfter("UPDATE tile SET root = zeroblob(32) WHERE n = 1"),
              ElementsAre(FaultOf("tile 1 of level 0: its root")));
  EXPECT_THAT(FaultsAfter("UPDATE tile SET data = x'00' WHERE n = 1"), ElementsAre(FaultOf("tile 1 of level 0")));
  EXPECT_THAT(FaultsAfter("DELETE FROM tile WHERE n = 1"), ElementsAre(FaultOf("no full tile 1 of level 0")));
}

TEST_F(LogVerifierTest, AForgedCheckpointIsNamed) {
  const TestLogKey forger("log.test.example/forger");
  NoteKey key = forger.key();
  key.name = log_key_.key().name;
  const std::string note = SignNote("log.test.example/exchange\n200\nAAAA\n", key, forger.signer());
  EXPECT_THAT(FaultsAfter(absl::StrCat("UPDATE checkpoint SET note = ", Blob(note), " WHERE size = 200")),
              ElementsAre(FaultOf("checkpoint of size 200: signed note: not signed")));
}

TEST_F(LogVerifierTest, ACheckpointStoredUnderAnotherSizeIsNamed) {
  EXPECT_THAT(FaultsAfter("UPDATE checkpoint SET size = 150 WHERE size = 200"),
              ElementsAre(FaultOf("checkpoint of size 150: its note says 200")));
}

// Runs `sql` on the b-tree of an index of entries. It has the form of a table without row ids, so whoever can write to
// the file declares one over it, in SQLite's own table of what there is.
void AlterIndex(const std::string& path, const std::string& index, const std::string& columns, const std::string& sql) {
  const auto run = [&path](const std::string& script) {
    ASSERT_OK_AND_ASSIGN(const auto other, store::Database::Open(path, store::Database::Access::kReadWrite));
    ASSERT_OK(other->Execute("PRAGMA writable_schema = ON"));
    ASSERT_OK(other->Execute(script));
    ASSERT_OK_AND_ASSIGN(const int64_t version, other->QueryInt("PRAGMA schema_version"));
    ASSERT_OK(other->Execute(absl::StrCat("PRAGMA schema_version = ", version + 1)));
  };
  run(absl::StrCat(
      "INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) SELECT 'table', 'altered', 'altered', ",
      "rootpage, 'CREATE TABLE altered(", columns, ", idx, PRIMARY KEY(", columns,
      ", idx)) WITHOUT ROWID' FROM sqlite_schema WHERE name = '", index, "'"));
  run(sql);
  run("DELETE FROM sqlite_schema WHERE name = 'altered'");
}

struct IndexColumns {
  const char* index;
  const char* columns;
  const char* name;
};

class AlteredIndexTest : public LogVerifierTest, public ::testing::WithParamInterface<IndexColumns> {
 protected:
  void SetUp() override {
    Open();
    ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
    std::vector<CheckedSubmission> submissions;
    for (uint64_t i = 0; i < 300; ++i) {
      v1::LogEntry entry;
      ASSERT_TRUE(entry.ParseFromString(TestEntry(i)));
      entry.set_asker_pseudonym(std::string(32, static_cast<char>('a' + i % 7)));
      entry.set_case_pseudonym(std::string(32, static_cast<char>('a' + i % 5)));
      submissions.push_back(Checked({}, entry.SerializeAsString()));
    }
    for (const auto& result : writer->Write(submissions)) ASSERT_OK(result);
    ASSERT_OK(writer->Settle());
    ASSERT_THAT(Verify().value().faults, ::testing::IsEmpty());
  }

  std::vector<LogFault> FaultsAfterAltering(const std::string& sql) {
    AlterIndex(folder_.path() + "/exchange.db", GetParam().index, GetParam().columns, sql);
    return Verify().value().faults;
  }
  std::string NotFound() const { return absl::StrCat("not found by its ", GetParam().name); }
  std::string Differs() const { return absl::StrCat("index of entries by ", GetParam().name); }
};

TEST_P(AlteredIndexTest, AnEntryThatWasTakenOutIsNamed) {
  EXPECT_THAT(FaultsAfterAltering("DELETE FROM altered WHERE idx = 123"),
              ElementsAre(FaultOf(Differs()), FaultAt(123u, NotFound())));
}

TEST_P(AlteredIndexTest, AnEntryUnderAnotherKeyIsNamed) {
  const std::string first(
      absl::string_view(GetParam().columns).substr(0, absl::string_view(GetParam().columns).find(',')));
  EXPECT_THAT(
      FaultsAfterAltering(absl::StrCat("UPDATE altered SET ", first, " = CAST(", first, " AS TEXT) WHERE idx = 123")),
      ElementsAre(FaultOf(Differs()), FaultAt(123u, NotFound())));
}

TEST_P(AlteredIndexTest, AnEntryThatTheLogDoesNotHaveIsNamed) {
  const std::string columns = GetParam().columns;
  EXPECT_THAT(FaultsAfterAltering(absl::StrCat("INSERT INTO altered(", columns, ", idx) SELECT ", columns,
                                               ", 7 FROM altered WHERE idx = 123")),
              ElementsAre(FaultOf(Differs())));
}

TEST_P(AlteredIndexTest, AnIndexThatIsMissingOrHoldsOnlyAPartIsAFindingAndDoesNotEndTheAudit) {
  const std::string lost = absl::StrCat("index of entries by ", GetParam().name);
  const std::string how = " is missing or is another one than the node made; a search may leave entries out";
  const std::string drop = absl::StrCat("DROP INDEX ", GetParam().index);
  EXPECT_THAT(FaultsAfter(drop), ElementsAre(::testing::AllOf(FaultOf(lost), FaultOf(how))));
  EXPECT_THAT(FaultsAfter(absl::StrCat("CREATE INDEX ", GetParam().index, " ON entry(", GetParam().columns,
                                       ") WHERE t > 1700000000000000000")),
              ElementsAre(::testing::AllOf(FaultOf(lost), FaultOf(how))));
}

INSTANTIATE_TEST_SUITE_P(All, AlteredIndexTest,
                         ::testing::Values(IndexColumns{"entry_xid", "xid", "exchange"},
                                           IndexColumns{"entry_t", "t", "time"},
                                           IndexColumns{"entry_facet", "facet, t", "partner"},
                                           IndexColumns{"entry_asker", "asker, facet, t", "asker"},
                                           IndexColumns{"entry_case", "case_file, facet, t", "case"}),
                         [](const auto& param) { return std::string(param.param.index); });

TEST_F(LogVerifierTest, AFacetTakenOutOfItsIndexIsNamed) {
  AlterIndex(folder_.path() + "/exchange.db", "sqlite_autoindex_facet_1",
             "partner, kind, outcome, treaty, record_kind, operation, articles", "DELETE FROM altered WHERE idx = 1");
  EXPECT_THAT(Verify().value().faults, Contains(FaultOf("table of what entries are found by")));
}

// A copy of entry 3 under another index.
std::string CopyOfEntryAs(const std::string& index) {
  return absl::StrCat("INSERT INTO entry SELECT ", index,
                      ", xid, facet, t, asker, case_file, leaf, body, mac FROM entry WHERE idx = 3");
}

TEST_F(LogVerifierTest, RowsOutsideTheLogAreNamed) {
  EXPECT_THAT(FaultsAfter(CopyOfEntryAs("-1")), ElementsAre(FaultOf("row of index -1")));
  EXPECT_THAT(FaultsAfter(CopyOfEntryAs("600")), ElementsAre(FaultOf("row of index -1"), FaultOf("row of index 600")));
}

TEST_F(LogVerifierTest, ARowFarBeyondTheLogDoesNotKeepTheAuditFromEnding) {
  EXPECT_THAT(FaultsAfter(CopyOfEntryAs("9223372036854775807")),
              ElementsAre(FaultOf("row of index 9223372036854775807")));
  // Nor does a checkpoint that claims it.
  EXPECT_EQ(FaultsAfter("INSERT INTO checkpoint VALUES(9223372036854775807, x'00')").size(), kMaxFaults);
}

TEST_F(LogVerifierTest, ACheckpointRemovedLeavesEntriesOutsideTheLog) {
  EXPECT_THAT(FaultsAfter("DELETE FROM checkpoint WHERE size > 598"),
              Contains(FaultOf("row of index 599 is in the table of entries, but not in the log of 500 entries")));
}

TEST_F(LogVerifierTest, EntriesAddedMeanwhileAreNoFault) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, kEntries, 700);
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, Verify([&] {
                         AppendEntries(*writer, 700, 800);
                         const absl::Status settled = writer->Settle();
                         AppendEntries(*writer, 800, 900);
                         return settled;
                       }));
  EXPECT_TRUE(verdict.intact());
  EXPECT_EQ(verdict.entries, 800u);
  EXPECT_EQ(verdict.checkpoint_size, 800u);
}

TEST_F(LogVerifierTest, TheListOfFaultsIsBounded) {
  EXPECT_EQ(FaultsAfter("UPDATE entry SET facet = 6").size(), kMaxFaults);
}

TEST_F(LogVerifierTest, AWaitForTheCallerHoldsUpNoOtherReader) {
  ASSERT_OK(VerifyLog(*database_, log_key_.key(), certs::VerifyEd25519, absl::OkStatus, [&](uint64_t, uint64_t) {
    // All that there are: with one of them kept, this waits until the test's time limit ends it.
    std::vector<store::ReadSession> sessions;
    while (sessions.size() < store::kMaxReaders) sessions.push_back(Read());
    return true;
  }));
}

TEST_F(LogVerifierTest, AnAuditCanBeCancelled) {
  EXPECT_THAT(VerifyLog(*database_, log_key_.key(), certs::VerifyEd25519, absl::OkStatus,
                        [](uint64_t, uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
}

// Overwrites the header of the page of the database file that holds `bytes`, which SQLite then cannot read.
void DamagePageWith(const std::string& path, const std::string& bytes) {
  constexpr size_t kPageBytes = 4096;
  const std::string content = ReadFile(path).value();
  const size_t at = content.find(bytes);
  ASSERT_NE(at, std::string::npos);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at / kPageBytes * kPageBytes));
  file << std::string(8, '\xff');
}

TEST_F(LogVerifierTest, EntriesThatSqliteCannotReadAreNamed) {
  vault_.reset();
  database_.reset();  // moves everything from the WAL into the file
  DamagePageWith(folder_.path() + "/exchange.db", TestEntry(300));
  Open();
  ASSERT_OK_AND_ASSIGN(const LogVerdict verdict, Verify());
  EXPECT_THAT(verdict.faults, Contains(FaultAt(300u, "cannot be read from the file")));
  for (const LogFault& fault : verdict.faults) {
    if (!fault.index) continue;
    EXPECT_GT(*fault.index, 270u);  // only the page's entries
    EXPECT_LT(*fault.index, 330u);
  }
}

}  // namespace
}  // namespace tamga::ledger
