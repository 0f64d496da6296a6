#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::IsEmpty;

constexpr size_t kEntries = 400;
constexpr size_t kNewerEntries = 2100;

// A log of few values, so that any two entries often agree in some of them. Newer entries of another partner lie before
// most of what is asked for.
class EntrySearchTest : public TestStore {
 protected:
  void SetUp() override {
    TestStore::SetUp();
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<WriteBatch> batch, database_->Begin());
    for (uint64_t i = 0; i < kEntries + kNewerEntries; ++i) {
      rows_.push_back(RandomRow(i));
      if (i >= kEntries) {
        rows_.back().partner = "TJK/busy";
        rows_.back().time += absl::Hours(100);
      }
      ASSERT_OK(batch->AppendEntry(rows_.back()));
    }
    ASSERT_OK(batch->Commit());
  }

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  // "", or one of a few names.
  std::string NameOrNone(const char* prefix, int names) {
    const int n = Below(names + 1);
    return n == 0 ? "" : absl::StrCat(prefix, n);
  }
  std::string PseudonymOrNone(int names) {
    const std::string name = NameOrNone("p", names);
    return name.empty() ? "" : TestId(name);
  }

  EntryRow RandomRow(uint64_t index) {
    EntryRow row;
    row.index = index;
    row.exchange_id = TestId(absl::StrCat("exchange", Below(60)));
    row.kind = 1 + Below(4);
    row.partner = Below(4) == 0 ? "UZB/a" : absl::StrCat("KGZ/", Below(3));
    row.outcome = Below(3);
    row.treaty_id = NameOrNone("T", 2);
    for (int n = Below(3); n > 0; --n) absl::StrAppend(&row.articles, "T art. ", n, "\n");
    row.record_kind = Below(3);
    row.operation = Below(3);
    // Several entries a moment, and a clock that jumps back.
    row.time = kTestNow + absl::Hours(Below(100));
    row.asker = PseudonymOrNone(3);
    row.case_file = PseudonymOrNone(3);
    row.leaf = std::string(32, 'l');
    row.body = absl::StrCat("entry ", index);
    return row;
  }

  EntryFilter RandomFilter() {
    const auto sometimes = [this] { return Below(5) == 0; };
    EntryFilter filter;
    if (sometimes()) filter.since = kTestNow + absl::Hours(Below(100));
    if (sometimes()) filter.until = kTestNow + absl::Hours(Below(100));
    if (sometimes()) filter.partner = "KGZ/1";
    if (sometimes()) filter.partner_state = "KGZ";
    if (sometimes()) filter.kind = 1 + Below(4);
    if (sometimes()) filter.outcome = 1 + Below(2);
    if (sometimes()) filter.below = Below(kEntries);
    if (sometimes()) filter.treaty_id = NameOrNone("T", 2);
    if (sometimes()) filter.article = absl::StrCat("T art. ", 1 + Below(3));
    if (sometimes()) filter.record_kind = Below(3);
    if (sometimes()) filter.operation = Below(3);
    if (sometimes()) filter.asker = PseudonymOrNone(3);
    if (sometimes()) filter.case_file = PseudonymOrNone(3);
    if (sometimes()) filter.exchange_id = TestId(absl::StrCat("exchange", Below(60)));
    if (sometimes()) filter.without_kinds = {1 + Below(4), 1 + Below(4)};
    if (sometimes()) {
      filter.own_kind = 1 + Below(4);
      filter.own_asker = PseudonymOrNone(3);
    }
    return filter;
  }

  // What a look at every entry finds, newest first.
  std::vector<uint64_t> Expected(const EntryFilter& filter) {
    std::vector<EntryRow> rows;
    for (const EntryRow& row : rows_) {
      if (filter.Covers(row)) rows.push_back(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const EntryRow& a, const EntryRow& b) {
      return std::pair(a.time, a.index) > std::pair(b.time, b.index);
    });
    std::vector<uint64_t> indices;
    for (const EntryRow& row : rows) indices.push_back(row.index);
    return indices;
  }

  std::vector<uint64_t> List(const EntryFilter& filter, size_t page_size) {
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

  std::mt19937 random_{7};
  std::vector<EntryRow> rows_;
};

TEST_F(EntrySearchTest, AnyFiltersFindWhatALookAtEveryEntryFinds) {
  for (int round = 0; round < 150; ++round) {
    const EntryFilter filter = RandomFilter();
    ASSERT_EQ(List(filter, 1 + static_cast<size_t>(Below(40))), Expected(filter)) << "round " << round;
  }
}

TEST_F(EntrySearchTest, CountsAddUpToWhatIsListed) {
  for (int round = 0; round < 100; ++round) {
    EntryFilter filter = RandomFilter();
    filter.exchange_id.clear();
    filter.case_file.clear();
    uint64_t count = 0;
    ASSERT_OK_AND_ASSIGN(const std::vector<EntryGroup> groups, Read()->CountEntries(filter));
    for (const EntryGroup& group : groups) count += group.count;
    ASSERT_EQ(count, Expected(filter).size()) << "round " << round;
  }
}

TEST_F(EntrySearchTest, CountsAreOfDays) {
  ASSERT_OK_AND_ASSIGN(const std::vector<EntryGroup> groups,
                       Read()->CountEntries({.since = kTestNow, .until = kTestNow + absl::Nanoseconds(1)}));
  ASSERT_FALSE(groups.empty());
  for (const EntryGroup& group : groups) {
    EXPECT_EQ(group.day, absl::FromCivil(absl::ToCivilDay(kTestNow, absl::UTCTimeZone()), absl::UTCTimeZone()));
  }
}

TEST_F(EntrySearchTest, AnArticleIsFoundByItsWholeCitation) {
  EXPECT_THAT(List({.article = "art. 1"}, 10), IsEmpty());
  EXPECT_THAT(List({.article = "T art. "}, 10), IsEmpty());
  EXPECT_FALSE(List({.article = "T art. 1"}, 10).empty());
}

// What an entry says is under its MAC, wherever it is stored.
class AlteredEntryTest : public EntrySearchTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(AlteredEntryTest, IsNotVouchedFor) {
  ASSERT_OK(Read()->CheckEntries(0));
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  ASSERT_OK(
      other->Execute(absl::StrCat("DROP TRIGGER entry_no_update; DROP TRIGGER facet_no_update; UPDATE ", GetParam())));
  EXPECT_THAT(Read()->CheckEntries(0), HasReason("ROW_ALTERED"));
}

INSTANTIATE_TEST_SUITE_P(All, AlteredEntryTest,
                         ::testing::Values("entry SET asker = x'00' WHERE idx = 7", "entry SET case_file = x'00'",
                                           "entry SET facet = facet + 1 WHERE idx = 9",
                                           "facet SET treaty = 'X' WHERE id = 3",
                                           "facet SET articles = 'X' WHERE id = 3",
                                           "facet SET operation = 9 WHERE id = 3",
                                           "facet SET record_kind = 9 WHERE id = 3"));

}  // namespace
}  // namespace tamga::store
