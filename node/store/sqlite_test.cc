#include "node/store/sqlite.h"

#include <sys/stat.h>

#include <fstream>

#include "node/base/matchers.h"
#include "node/store/schema.h"
#include "node/store/test_fault_vfs.h"
#include "node/store/test_folder.h"

namespace tamga::store {
namespace {

using ::testing::HasSubstr;

class SqliteTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Database>> Open(Database::Access access = Database::Access::kReadWrite) {
    return Database::Open(path_, access);
  }

  TestFolder folder_;
  const std::string path_ = folder_.path() + "/test.db";
};

TEST_F(SqliteTest, ValuesComeBackAsTheyWereBound) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  ASSERT_OK(database->Execute("CREATE TABLE t(i INTEGER, s TEXT, b BLOB, e BLOB NOT NULL, w INTEGER)"));
  const std::string bytes("\0\xff\n", 3);
  const absl::Time time = absl::FromUnixNanos(1'795'000'000'123'456'789);
  ASSERT_OK(Statement(*database, "INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)")
                .BindInt(1, -5)
                .BindText(2, "text")
                .BindBlob(3, bytes)
                .BindBlob(4, "")
                .BindTime(5, time)
                .Run());
  Statement statement(*database, "SELECT i, s, b, e, w, NULL FROM t");
  ASSERT_OK_AND_ASSIGN(const bool found, statement.Step());
  ASSERT_TRUE(found);
  EXPECT_EQ(statement.Int(0), -5);
  EXPECT_EQ(statement.Bytes(1), "text");
  EXPECT_EQ(statement.Bytes(2), bytes);
  EXPECT_EQ(statement.Bytes(3), "");
  EXPECT_FALSE(statement.IsNull(3));
  EXPECT_EQ(statement.Time(4), time);
  EXPECT_TRUE(statement.IsNull(5));
  ASSERT_OK_AND_ASSIGN(const bool more, statement.Step());
  EXPECT_FALSE(more);
}

TEST_F(SqliteTest, AStatementUsedAgainKeepsNoBindings) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  ASSERT_OK(database->Execute("CREATE TABLE t(i INTEGER)"));
  constexpr char kInsert[] = "INSERT INTO t VALUES(?1)";
  ASSERT_OK(Statement(*database, kInsert).BindInt(1, 1).Run());
  ASSERT_OK(Statement(*database, kInsert).Run());
  ASSERT_OK_AND_ASSIGN(const int64_t nulls, database->QueryInt("SELECT count(*) FROM t WHERE i IS NULL"));
  EXPECT_EQ(nulls, 1);
}

TEST_F(SqliteTest, ErrorsOfPreparingAndBindingComeOutOfRun) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  EXPECT_THAT(Statement(*database, "SELECT nonsense FROM nowhere").BindInt(1, 1).Run(),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("nowhere")));
  EXPECT_THAT(Statement(*database, "SELECT ?1").BindInt(7, 1).Run(), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SqliteTest, TheDatabaseIsDurableAndPrivate) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  ASSERT_OK(database->Execute("CREATE TABLE t(i INTEGER)"));
  ASSERT_OK_AND_ASSIGN(const int64_t synchronous, database->QueryInt("PRAGMA synchronous"));
  EXPECT_EQ(synchronous, 2);  // FULL
  ASSERT_OK_AND_ASSIGN(const int64_t secure_delete, database->QueryInt("PRAGMA secure_delete"));
  EXPECT_EQ(secure_delete, 1);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info = {};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(SqliteTest, AReadingConnectionRefusesToWrite) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> writer, Open());
  ASSERT_OK(writer->Execute("CREATE TABLE t(i INTEGER)"));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> reader, Open(Database::Access::kReadOnly));
  const absl::Status status = reader->Execute("INSERT INTO t VALUES(1)");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("write access")));
  EXPECT_THAT(status, HasReason("STORE_READ_ONLY"));
}

TEST_F(SqliteTest, ALockedDatabaseIsUnavailable) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> one, Open());
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> other, Open());
  ASSERT_OK(other->Execute("BEGIN IMMEDIATE"));
  EXPECT_THAT(one->Execute("BEGIN IMMEDIATE"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("try again")));
  ASSERT_OK(other->Execute("ROLLBACK"));
  EXPECT_OK(one->Execute("BEGIN IMMEDIATE"));
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsDataLoss) {
  std::ofstream(path_) << std::string(8192, 'x');
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("backup")));
}

TEST_F(SqliteTest, AMissingFolderIsNamed) {
  EXPECT_THAT(Database::Open(folder_.path() + "/none/test.db", Database::Access::kReadWrite),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/none/test.db")));
}

struct DiskFault {
  const char* name;
  int sqlite_code;
  absl::StatusCode status_code;
};

class DiskFaultTest : public SqliteTest, public ::testing::WithParamInterface<DiskFault> {};

TEST_P(DiskFaultTest, AFailedWriteFailsTheCommitAndTheNextOneWorks) {
  const FaultVfs faults;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  ASSERT_OK(database->Execute("CREATE TABLE t(i INTEGER)"));
  FaultVfs::write_result = GetParam().sqlite_code;
  EXPECT_THAT(database->Execute("INSERT INTO t VALUES(1)"), StatusIs(GetParam().status_code));
  FaultVfs::write_result = SQLITE_OK;
  ASSERT_OK(database->Execute("INSERT INTO t VALUES(2)"));
  ASSERT_OK_AND_ASSIGN(const int64_t sum, database->QueryInt("SELECT sum(i) FROM t"));
  EXPECT_EQ(sum, 2);
}

INSTANTIATE_TEST_SUITE_P(
    All, DiskFaultTest,
    ::testing::Values(DiskFault{"DiskFull", SQLITE_FULL, absl::StatusCode::kResourceExhausted},
                      DiskFault{"ReadOnly", SQLITE_READONLY, absl::StatusCode::kFailedPrecondition},
                      DiskFault{"InputOutput", SQLITE_IOERR_WRITE, absl::StatusCode::kUnavailable}),
    [](const auto& param) { return param.param.name; });

TEST_F(SqliteTest, AFailedSyncEndsTheProcess) {
  const FaultVfs faults;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  EXPECT_EXIT(
      {
        FaultVfs::sync_result = SQLITE_IOERR_FSYNC;
        static_cast<void>(database->Execute("CREATE TABLE t(i INTEGER)"));
      },
      ::testing::KilledBySignal(SIGABRT), "store.sync_failed");
}

TEST_F(SqliteTest, TheSchemaIsMadeOnceAndNewerOnesAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> database, Open());
  ASSERT_OK(EnsureSchema(*database, 1, "CREATE TABLE t(i INTEGER);"));
  ASSERT_OK(EnsureSchema(*database, 1, "CREATE TABLE t(i INTEGER);"));
  ASSERT_OK(database->Execute("PRAGMA user_version = 2"));
  EXPECT_THAT(EnsureSchema(*database, 1, "CREATE TABLE t(i INTEGER);"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("format 2")));
  EXPECT_THAT(EnsureSchema(*database, 3, "CREATE TABLE t(i INTEGER);"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reads only 3")));
}

}  // namespace
}  // namespace tamga::store
