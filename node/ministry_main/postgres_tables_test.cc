// The tables in a real PostgreSQL.
#include "node/ministry_main/postgres_tables.h"

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/fake_desk.h"
#include "adapters/interior_ministry/table_inbox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/ministry_main/test_postgres.h"

namespace tamga::ministry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHold[] = R"({"fileNumber": "MIA-2026-0815", "act": {"step": {
    "kind": "READMISSION_STEP_KIND_HOLD", "holdCode": "HOLD_CODE_COURT"}}})";

std::string SourceFile(const std::string& name) {
  return *ReadFile(absl::StrCat(TAMGA_SOURCE_DIR, "/adapters/interior_ministry/", name));
}

class PostgresTablesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestPostgres>(); }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    Sql("DROP TABLE IF EXISTS tamga_inbox, tamga_outbox, tamga_place, tamga_file_number");
    Sql(SourceFile("schema.sql"));
  }

  static pqxx::result Sql(const std::string& statement) {
    pqxx::connection connection(server_->connection());
    pqxx::work transaction(connection);
    const pqxx::result result = transaction.exec(statement);
    transaction.commit();
    return result;
  }
  static void Insert(const std::string& command) {
    pqxx::connection connection(server_->connection());
    pqxx::work transaction(connection);
    transaction.exec_params("INSERT INTO tamga_inbox (command) VALUES ($1::jsonb)", command);
    transaction.commit();
  }
  static std::string Text(const std::string& query) {
    const pqxx::result result = Sql(query);
    return result.empty() || result[0][0].is_null() ? "" : result[0][0].as<std::string>();
  }

  static std::unique_ptr<TestPostgres> server_;
  adapters::FakeDesk desk_;
  SeededRng rng_{1};
  PostgresInbox table_{server_->connection()};
  adapters::TableInbox inbox_{absl::Seconds(5), table_, desk_, rng_};
};

std::unique_ptr<TestPostgres> PostgresTablesTest::server_;

TEST_F(PostgresTablesTest, TheSchemaMayBeRunAgain) {
  Insert(kHold);
  Sql(SourceFile("schema.sql"));
  EXPECT_EQ(Text("SELECT count(*) FROM tamga_inbox"), "1");
}

TEST_F(PostgresTablesTest, RowsAreDoneInOrderWithTheirResults) {
  Insert(kHold);
  Insert(SourceFile("data/submit.json"));
  Insert(R"({"surname": 1})");
  Insert(absl::StrCat("{\"officer\": \"", std::string(1 << 20, 'x'), "\"}"));
  Insert(kHold);
  EXPECT_EQ(inbox_.Look(), absl::Seconds(5));
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815",
                                         "act " + adapters::FakeDesk::CaseId(1) + " READMISSION_STEP_KIND_HOLD"));
  EXPECT_EQ(Text("SELECT string_agg(state, ' ' ORDER BY id) FROM tamga_inbox"), "FAILED DONE FAILED FAILED DONE");
  EXPECT_EQ(Text("SELECT result->>'reason' FROM tamga_inbox ORDER BY id LIMIT 1"), "FILE_NUMBER_UNKNOWN");
  EXPECT_EQ(Text("SELECT result->>'caseId' FROM tamga_inbox WHERE state = 'DONE' ORDER BY id LIMIT 1"),
            adapters::FakeDesk::CaseId(1));
  EXPECT_EQ(Text("SELECT result->>'field' FROM tamga_inbox ORDER BY id LIMIT 1 OFFSET 2"), "surname");
  EXPECT_EQ(Text("SELECT count(*) FROM tamga_inbox WHERE taken_at IS NULL"), "0");
}

TEST_F(PostgresTablesTest, WhileTheNodeIsAwayTheRowStaysAsItWas) {
  Insert(SourceFile("data/submit.json"));
  desk_.before = [](const std::string&) { return absl::UnavailableError("away"); };
  inbox_.Look();
  EXPECT_EQ(Text("SELECT state FROM tamga_inbox"), "NEW");
  desk_.before = [](const std::string&) { return absl::OkStatus(); };
  inbox_.Look();
  EXPECT_EQ(Text("SELECT state FROM tamga_inbox"), "DONE");
}

TEST_F(PostgresTablesTest, ADatabaseThatDiesInTheMiddleOfARowLeadsToOneEffect) {
  Insert(SourceFile("data/submit.json"));
  ASSERT_THAT(table_.Take(0,
                          [&](const adapters::CommandRow& row, adapters::CaseNumbers&) {
                            v1::SubmitReadmissionRequest request;
                            request.mutable_context()->set_idempotency_key(row.key);
                            request.mutable_context()->set_case_reference("MIA-2026-0815");
                            EXPECT_OK(desk_.Submit(request));
                            server_->Stop();
                            return adapters::RowOutcome{adapters::RowOutcome::State::kDone, "{}"};
                          }),
              HasReason("DATABASE_UNAVAILABLE"));
  inbox_.Look();  // it is still away
  server_->Start();
  inbox_.Look();
  EXPECT_EQ(Text("SELECT state FROM tamga_inbox"), "DONE");
  EXPECT_EQ(Text("SELECT result->>'caseId' FROM tamga_inbox"), adapters::FakeDesk::CaseId(1));
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815"));
}

TEST_F(PostgresTablesTest, TwoProgramsNeverWorkOnTheTableAtOnce) {
  Insert(SourceFile("data/submit.json"));
  Insert(kHold);
  PostgresInbox other(server_->connection());
  ASSERT_OK(table_.Take(0, [&](const adapters::CommandRow&, adapters::CaseNumbers&) {
    const auto taken = other.Take(0, [](const adapters::CommandRow&, adapters::CaseNumbers&) {
      ADD_FAILURE() << "a second row was taken meanwhile";
      return adapters::RowOutcome();
    });
    EXPECT_OK(taken);
    EXPECT_FALSE(taken.value().has_value());
    return adapters::RowOutcome();
  }));
}

TEST_F(PostgresTablesTest, ARowThatTheCaseSystemHoldsIsPassedOver) {
  Insert(kHold);
  Insert(SourceFile("data/submit.json"));
  pqxx::connection holder(server_->connection());
  pqxx::work transaction(holder);
  transaction.exec("SELECT id FROM tamga_inbox ORDER BY id LIMIT 1 FOR UPDATE");
  inbox_.Look();
  EXPECT_EQ(Text("SELECT string_agg(state, ' ' ORDER BY id) FROM tamga_inbox"), "NEW DONE");
}

TEST_F(PostgresTablesTest, ANewRowWakesWhoWaits) {
  EXPECT_OK(table_.Wait(absl::ZeroDuration()));  // listens from now on
  Insert(kHold);
  const auto woken = table_.Wait(absl::Minutes(5));
  ASSERT_OK(woken);
  EXPECT_TRUE(*woken);
  const auto again = table_.Wait(absl::ZeroDuration());
  ASSERT_OK(again);
  EXPECT_FALSE(*again);
}

TEST_F(PostgresTablesTest, ChangesAreThereOnceWithTheirNumbers) {
  const std::string case_id = adapters::FakeDesk::CaseId(1);
  desk_.Change(case_id, v1::READMISSION_STATE_SUBMITTED);
  PostgresOutbox outbox(server_->connection());
  adapters::ChangeFeed feed(desk_, outbox);
  EXPECT_THAT(feed.Run(), StatusIs(absl::StatusCode::kUnavailable));
  desk_.Change(case_id, v1::READMISSION_STATE_RECEIVED);
  server_->Stop();
  EXPECT_THAT(feed.Run(), HasReason("DATABASE_UNAVAILABLE"));
  server_->Start();
  EXPECT_THAT(feed.Run(), Not(HasReason("DATABASE_UNAVAILABLE")));
  EXPECT_THAT(feed.Run(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Text("SELECT string_agg(change_number || ' ' || (body->'case'->>'state'), ', ' ORDER BY change_number) "
                 "FROM tamga_outbox"),
            "1 READMISSION_STATE_SUBMITTED, 2 READMISSION_STATE_RECEIVED");
  EXPECT_EQ(Text("SELECT DISTINCT case_id FROM tamga_outbox"), case_id);
  desk_.changes.erase(desk_.changes.begin());  // the cursor is one of another database
  EXPECT_THAT(feed.Run(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Text("SELECT body->>'gap' FROM tamga_outbox WHERE change_number = 3"), "true");
  EXPECT_EQ(Text("SELECT count(*) FROM tamga_outbox"), "4");
}

TEST_F(PostgresTablesTest, ASecondProgramThatHandsOverChangesIsNoticed) {
  PostgresOutbox first(server_->connection());
  PostgresOutbox second(server_->connection());
  ASSERT_OK(first.Resume());
  ASSERT_OK(second.Resume());
  v1::MinistryChange change;
  change.set_number(1);
  EXPECT_OK(first.Put(change, "a"));
  EXPECT_THAT(second.Put(change, "b"), HasReason("PLACE_MOVED"));
  EXPECT_THAT(second.MoveTo("b"), HasReason("PLACE_MOVED"));
  EXPECT_EQ(Text("SELECT cursor FROM tamga_place"), "a");
}

TEST_F(PostgresTablesTest, WithoutTheTablesItWaitsAndSaysWhatToDo) {
  Sql("DROP TABLE tamga_inbox");
  const auto taken =
      table_.Take(0, [](const adapters::CommandRow&, adapters::CaseNumbers&) { return adapters::RowOutcome(); });
  EXPECT_THAT(taken, HasReason("DATABASE_UNAVAILABLE"));
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("schema.sql"));
  PostgresInbox nowhere("host=/none");
  EXPECT_THAT(nowhere.Wait(absl::ZeroDuration()), HasReason("DATABASE_UNAVAILABLE"));
}

TEST(CheckConnectionString, PasswordsAndWhatIsNoConnectionStringAreRefused) {
  EXPECT_OK(CheckConnectionString("c", "host=/run/postgresql dbname=cases"));
  EXPECT_OK(CheckConnectionString("c", "postgresql:///cases?host=/run/postgresql"));
  for (const char* wrong : {"", "SECRET", "password=SECRET", "postgresql://u:SECRET@h/d", "nonsense=SECRET"}) {
    const absl::Status checked = CheckConnectionString("c", wrong);
    EXPECT_THAT(checked, HasReason("INVALID_FIELD")) << wrong;
    EXPECT_THAT(std::string(checked.message()), Not(HasSubstr("SECRET")));
  }
}

}  // namespace
}  // namespace tamga::ministry
