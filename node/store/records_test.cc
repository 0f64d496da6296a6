#include "node/store/records.h"

#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Ids of this kind stand in the database as they are, so lists are in the order of ids where times are the same.
constexpr char kKind[] = "readmission";

class RecordsTest : public TestStore {
 protected:
  void SetUp() override {
    TestStore::SetUp();
    records_ = std::make_unique<Records>(*database_, *vault_, rng_);
  }

  absl::Status Put(absl::string_view id, int64_t expected_version, absl::string_view body,
                   absl::Duration after = absl::ZeroDuration()) {
    return Commit(records_->Put(kKind, id, expected_version, std::string(body), kTestNow + after));
  }

  std::unique_ptr<Records> records_;
};

TEST_F(RecordsTest, ARecordComesBackInItsNewestVersion) {
  ASSERT_OK(Put("a", 0, "first"));
  ASSERT_OK(Put("a", 1, "second", absl::Seconds(1)));
  ASSERT_OK_AND_ASSIGN(const Record record, records_->Get(kKind, "a"));
  EXPECT_EQ(record.version, 2);
  EXPECT_EQ(record.body, "second");
  EXPECT_EQ(record.updated_at, kTestNow + absl::Seconds(1));
  EXPECT_THAT(records_->Get(kKind, "b"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(records_->Get("alert", "a"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RecordsTest, AnotherVersionThanTheExpectedIsAConflict) {
  EXPECT_THAT(Put("a", 1, "body"), HasReason("VERSION_CONFLICT"));
  ASSERT_OK(Put("a", 0, "body"));
  EXPECT_THAT(Put("a", 0, "body"), HasReason("VERSION_CONFLICT"));
  EXPECT_THAT(Put("a", 2, "body"), HasReason("VERSION_CONFLICT"));
  EXPECT_THAT(Commit(records_->Delete(kKind, "a", 2)), HasReason("VERSION_CONFLICT"));
  EXPECT_THAT(Commit(records_->Delete(kKind, "b", 1)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(records_->Get(kKind, "a").value().version, 1);
}

TEST_F(RecordsTest, BodiesThatAreReplacedOrDeletedAreDiscarded) {
  ASSERT_OK(Put("a", 0, "first"));
  const std::string first = Read()->GetRecord(kKind, "a").value().blob;
  ASSERT_OK(Put("a", 1, "second"));
  const std::string second = Read()->GetRecord(kKind, "a").value().blob;
  EXPECT_THAT(Read()->DiscardedBlobs(10).value(), ElementsAre(first));
  EXPECT_FALSE(Read()->IsBlobNamed(first).value());
  EXPECT_TRUE(Read()->IsBlobNamed(second).value());
  ASSERT_OK(Commit(records_->Delete(kKind, "a", 2)));
  EXPECT_THAT(records_->Get(kKind, "a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read()->DiscardedBlobs(10).value(), ::testing::UnorderedElementsAre(first, second));
}

TEST_F(RecordsTest, AListGoesFromTheLastUpdatedToTheFirstInPages) {
  ASSERT_OK(Put("a", 0, "A", absl::Seconds(1)));
  ASSERT_OK(Put("b", 0, "B", absl::Seconds(2)));
  ASSERT_OK(Put("c", 0, "C", absl::Seconds(2)));
  ASSERT_OK(Put("a", 1, "A2", absl::Seconds(3)));
  std::vector<std::string> bodies;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const RecordList list, records_->List(kKind, 2, token));
    for (const Record& record : list.records) bodies.push_back(record.body);
    token = list.next_page_token;
  } while (!token.empty());
  EXPECT_THAT(bodies, ElementsAre("A2", "C", "B"));
  EXPECT_THAT(records_->List("alert", 2, "").value().records, IsEmpty());
  EXPECT_THAT(records_->List(kKind, 2, "bad token"), HasReason("INVALID_FIELD"));
}

TEST_F(RecordsTest, ForEachSeesEveryRecordOnceAndStopsAtAnError) {
  Effects effects;
  for (int i = 0; i < 450; ++i) effects.Add(records_->Put(kKind, std::to_string(i), 0, "body", kTestNow));
  ASSERT_OK(Commit(effects));
  std::vector<std::string> ids;
  ASSERT_OK(records_->ForEach(kKind, [&](const Record& record) {
    ids.push_back(record.id);
    return absl::OkStatus();
  }));
  EXPECT_THAT(ids, SizeIs(450));
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  int calls = 0;
  EXPECT_THAT(records_->ForEach(kKind,
                                [&](const Record&) {
                                  ++calls;
                                  return absl::AbortedError("enough");
                                }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(calls, 1);
}

TEST_F(RecordsTest, AMissingBodyIsDataLoss) {
  ASSERT_OK(Put("a", 0, "body"));
  ASSERT_OK(vault_->Update({Read()->GetRecord(kKind, "a").value().blob}, {}));
  EXPECT_THAT(records_->Get(kKind, "a"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace tamga::store
