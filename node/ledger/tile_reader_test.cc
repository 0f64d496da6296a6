#include "node/ledger/tile_reader.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/test_log.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kSize = 600;

class TileReaderTest : public TestLog {
 protected:
  void SetUp() override {
    TestLog::SetUp();
    ASSERT_OK_AND_ASSIGN(writer_, OpenWriter());
    AppendEntries(*writer_, 0, kSize);
    for (uint64_t i = 0; i < kSize; ++i) leaves_.push_back(LeafHash(TestEntry(i)));
  }

  absl::StatusOr<std::string> Get(absl::string_view path, uint64_t size = kSize) {
    return TileReader(*database_).Read(ParseTilePath("path", path).value(), size);
  }

  std::string LeavesFrom(uint64_t begin, uint64_t end) const {
    std::string data;
    for (uint64_t i = begin; i < end; ++i) absl::StrAppend(&data, leaves_[i].bytes());
    return data;
  }

  std::unique_ptr<LogWriter> writer_;
  std::vector<Hash> leaves_;
};

TEST_F(TileReaderTest, TilesHoldTheHashesOfCompleteSubtrees) {
  EXPECT_EQ(Get("tile/0/000").value(), LeavesFrom(0, 256));
  EXPECT_EQ(Get("tile/0/001").value(), LeavesFrom(256, 512));
  EXPECT_EQ(Get("tile/0/002.p/88").value(), LeavesFrom(512, 600));
  std::string roots;
  for (uint64_t begin = 0; begin < 512; begin += 256) {
    CompactRange range;
    for (uint64_t i = begin; i < begin + 256; ++i) range.AppendLeaf(leaves_[i]);
    absl::StrAppend(&roots, range.Root().bytes());
  }
  EXPECT_EQ(Get("tile/1/000.p/2").value(), roots);
}

TEST_F(TileReaderTest, BundlesHoldTheEntriesAsLogged) {
  ASSERT_OK_AND_ASSIGN(const std::string bundle, Get("tile/entries/001"));
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::string_view> entries, ParseBundle(bundle));
  ASSERT_EQ(entries.size(), 256u);
  for (uint64_t i = 0; i < 256; ++i) EXPECT_EQ(entries[i], TestEntry(256 + i));
  EXPECT_EQ(ParseBundle(Get("tile/entries/002.p/88").value()).value().size(), 88u);
}

TEST_F(TileReaderTest, WhatEarlierCheckpointsImpliedIsServedUntilTheTileIsFull) {
  EXPECT_EQ(Get("tile/0/002.p/1").value(), LeavesFrom(512, 513));
  EXPECT_EQ(Get("tile/0/001.p/3", 300).value(), LeavesFrom(256, 259));
  EXPECT_EQ(ParseBundle(Get("tile/entries/002.p/7").value()).value().size(), 7u);
  EXPECT_EQ(Get("tile/1/000.p/1").value(), Get("tile/1/000.p/2").value().substr(0, 32));
}

TEST_F(TileReaderTest, OtherTilesAreUnknownAndTheErrorSaysWhatToAskFor) {
  EXPECT_THAT(Get("tile/0/002"), HasReason("TILE_UNKNOWN"));
  EXPECT_THAT(Get("tile/0/002"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("ask for tile/0/002.p/88")));
  EXPECT_THAT(Get("tile/0/002.p/89"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("ask for tile/0/002.p/88")));
  EXPECT_THAT(Get("tile/0/001.p/44"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("full; ask for tile/0/001")));
  EXPECT_THAT(Get("tile/entries/000.p/255"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("tile/entries/000")));
  for (const char* path : {"tile/0/003", "tile/0/003.p/1", "tile/entries/003.p/1", "tile/2/000", "tile/2/000.p/1",
                           "tile/63/000", "tile/0/x009/x223/x372/x036/x854/x775/807"}) {
    EXPECT_THAT(Get(path), StatusIs(absl::StatusCode::kNotFound, HasSubstr("the log of 600 entries has no such tile")))
        << path;
  }
}

TEST_F(TileReaderTest, EntriesBeyondTheCheckpointAreNotServed) {
  EXPECT_THAT(Get("tile/0/001", 300), HasReason("TILE_UNKNOWN"));
  EXPECT_THAT(Get("tile/entries/001.p/45", 300), HasReason("TILE_UNKNOWN"));
  EXPECT_THAT(Get("tile/entries/000.p/1", 0), HasReason("TILE_UNKNOWN"));
}

TEST_F(TileReaderTest, WhatWasChangedOnDiskIsNotServed) {
  Tamper("UPDATE entry SET body = x'0801' WHERE idx = 300");
  EXPECT_THAT(Get("tile/entries/001"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 300 does not hash")));
  Tamper("DELETE FROM entry WHERE idx = 520");
  EXPECT_THAT(Get("tile/entries/002.p/88"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 520 is missing")));
  EXPECT_THAT(Get("tile/0/002.p/88"), StatusIs(absl::StatusCode::kDataLoss));
  Tamper("UPDATE tile SET data = x'00' WHERE level = 0 AND n = 0");
  EXPECT_THAT(Get("tile/0/000"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(EntryBundleTest, BundlesAreParsedToWhatTheyWereMadeOf) {
  std::string bundle;
  const std::vector<std::string> entries = {"", "a", std::string(255, 'b'), std::string(256, 'c'),
                                            std::string(kMaxBundledEntryBytes, 'd')};
  for (const std::string& entry : entries) AppendToBundle(entry, bundle);
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::string_view> parsed, ParseBundle(bundle));
  ASSERT_EQ(parsed.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(parsed[i], entries[i]);
  for (const size_t cut : {1, 2, 100}) {
    EXPECT_THAT(ParseBundle(absl::string_view(bundle).substr(0, bundle.size() - cut)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("within its entry 4")));
  }
  EXPECT_THAT(ParseBundle(absl::string_view("\0", 1)), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::ledger
