#include "node/ledger/tile_cache.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/stored_hashes.h"
#include "node/ledger/test_log.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::ledger {
namespace {

std::shared_ptr<const TileTree> TileOf(uint64_t width) {
  const auto tile = std::make_shared<TileTree>();
  for (uint64_t i = 0; i < width; ++i) tile->Append(LeafHash(absl::StrCat(i)));
  return tile;
}

TEST(TileTreeTest, HoldsTheRootsOfAllCompleteSubtrees) {
  const auto tile = TileOf(256);
  for (unsigned height = 0; height <= 8; ++height) {
    for (uint64_t index = 0; index < 256u >> height; ++index) {
      CompactRange range;
      for (uint64_t i = index << height; i < (index + 1) << height; ++i) range.AppendLeaf(LeafHash(absl::StrCat(i)));
      ASSERT_EQ(tile->At(height, index), range.Root()) << height << " " << index;
    }
  }
}

TEST(TileCacheTest, KeepsTheTilesUsedLast) {
  TileCache cache(2);
  EXPECT_EQ(cache.Find(0, 1), nullptr);
  cache.Put(0, 1, TileOf(1));
  cache.Put(0, 2, TileOf(2));
  EXPECT_NE(cache.Find(0, 1), nullptr);
  cache.Put(1, 1, TileOf(3));
  EXPECT_EQ(cache.Find(0, 2), nullptr);
  EXPECT_EQ(cache.Find(0, 1)->width(), 1u);
  EXPECT_EQ(cache.Find(1, 1)->width(), 3u);
}

TEST(TileCacheTest, NeverForgetsWhatItKnowsOfATile) {
  TileCache cache(2);
  cache.Put(0, 1, TileOf(5));
  cache.Put(0, 1, TileOf(3));
  EXPECT_EQ(cache.Find(0, 1)->width(), 5u);
  cache.Put(0, 1, TileOf(7));
  EXPECT_EQ(cache.Find(0, 1)->width(), 7u);
}

class CachedProofsTest : public TestLog {};

TEST_F(CachedProofsTest, ProofsOfAGrowingLogAreThoseThatAreMadeWithoutTheCache) {
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  LogReader reader(*database_);
  std::string earlier;
  for (uint64_t size = 0; size < 1400;) {
    const uint64_t next = size + 1 + size % 97;
    AppendEntries(*writer, size, next);
    size = next;
    const std::string newest = writer->checkpoint();
    for (const uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      ASSERT_OK_AND_ASSIGN(const std::string cached, reader.ProveInclusion(index, newest));
      ASSERT_EQ(cached, LogReader(*database_).ProveInclusion(index, newest).value()) << index << " of " << size;
    }
    // What is known of the newer log does not change what is proven of an earlier one.
    if (!earlier.empty()) {
      ASSERT_EQ(reader.ProveInclusion(0, earlier).value(), LogReader(*database_).ProveInclusion(0, earlier).value());
      EXPECT_EQ(reader.ProveConsistency(size / 2, size).value(),
                LogReader(*database_).ProveConsistency(size / 2, size).value());
    }
    if (size % 3 == 0) earlier = newest;
  }
}

}  // namespace
}  // namespace tamga::ledger
