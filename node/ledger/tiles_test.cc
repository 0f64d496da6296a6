#include "node/ledger/tiles.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

// The golden log, grown leaf by leaf.
class GoldenTree {
 public:
  explicit GoldenTree(uint64_t size) {
    while (edge.size() < size) {
      for (const Tile& tile : edge.Append(LeafHash(absl::StrCat("{\"exchange\":", edge.size(), "}")))) {
        roots[tile.level].push_back(tile.Root());
        EXPECT_EQ(tile.index + 1, roots[tile.level].size());
      }
    }
  }

  TileEdge edge;
  std::map<unsigned, std::vector<Hash>> roots;  // of the full tiles, by level
};

std::string Join(const std::vector<Hash>& hashes, size_t begin) {
  std::string data;
  for (size_t i = begin; i < hashes.size(); ++i) absl::StrAppend(&data, hashes[i].bytes());
  return data;
}

TEST(TilesTest, TheGoldenLogHasItsRootAndTiles) {
  GoldenTree tree(70000);
  const Checkpoint golden = ParseCheckpoint(ParseNote(ReadVector("golden-70000/checkpoint")).value().text).value();
  EXPECT_EQ(tree.edge.Root(), golden.root);
  EXPECT_EQ(tree.roots[0].size(), 273u);
  // A partial tile holds the roots of the full tiles below.
  EXPECT_EQ(Join(tree.roots[0], 256), ReadVector("golden-70000/tile-1-001.p-17"));
  EXPECT_EQ(Join(tree.roots[1], 0), ReadVector("golden-70000/tile-2-000.p-1"));
}

TEST(TilesTest, TheLogOfOthersIsHashedAlike) {
  const std::string bundle = ReadVector("tessera-testdata-log/tile/entries/000.p/15");
  const std::string tile = ReadVector("tessera-testdata-log/tile/0/000.p/15");
  TileEdge edge;
  for (size_t at = 0; at < bundle.size();) {
    const size_t length = static_cast<unsigned char>(bundle[at]) * 256u + static_cast<unsigned char>(bundle[at + 1]);
    const Hash leaf = LeafHash(bundle.substr(at + 2, length));
    EXPECT_EQ(leaf.bytes(), tile.substr(edge.size() * kHashBytes, kHashBytes));
    edge.Append(leaf);
    at += 2 + length;
    const std::string note = ReadVector(absl::StrCat("tessera-testdata-log/checkpoint.", edge.size()));
    EXPECT_EQ(edge.Root(), ParseCheckpoint(ParseNote(note).value().text).value().root);
  }
  EXPECT_EQ(edge.size(), 15u);
}

TEST(TilesTest, WidthsAreThoseOfTheSpecification) {
  EXPECT_EQ(FullTiles(0, 70000), 273u);
  EXPECT_EQ(PartialWidth(0, 70000), 112u);
  EXPECT_EQ(FullTiles(1, 70000), 1u);
  EXPECT_EQ(PartialWidth(1, 70000), 17u);
  EXPECT_EQ(FullTiles(2, 70000), 0u);
  EXPECT_EQ(PartialWidth(2, 70000), 1u);
  EXPECT_EQ(PartialWidth(0, 256), 0u);
  EXPECT_EQ(PartialWidth(1, 256), 1u);
  EXPECT_EQ(FullTiles(8, 70000), 0u);
  EXPECT_EQ(PartialWidth(8, ~uint64_t{0} >> 1), 0u);
}

TEST(TilesTest, ARestoredEdgeGrowsLikeTheOriginal) {
  for (const uint64_t size : {0, 1, 255, 256, 257, 65535, 65536, 65793}) {
    GoldenTree tree(size);
    // From what is stored: the last leaves, and the roots of full tiles.
    std::vector<std::vector<Hash>> partial;
    for (unsigned level = 0; FullTiles(level, size) > 0 || PartialWidth(level, size) > 0; ++level) {
      std::vector<Hash> hashes;
      for (uint64_t i = FullTiles(level, size) * kTileWidth; hashes.size() < PartialWidth(level, size); ++i) {
        hashes.push_back(level == 0 ? LeafHash(absl::StrCat("{\"exchange\":", i, "}")) : tree.roots[level - 1][i]);
      }
      partial.push_back(std::move(hashes));
    }
    ASSERT_OK_AND_ASSIGN(TileEdge restored, TileEdge::Restore(size, partial));
    for (int i = 0; i < 300; ++i) {
      ASSERT_EQ(restored.Root(), tree.edge.Root()) << size << " + " << i;
      const Hash leaf = LeafHash(absl::StrCat(i));
      const std::vector<Tile> filled = restored.Append(leaf);
      const std::vector<Tile> expected = tree.edge.Append(leaf);
      ASSERT_EQ(filled.size(), expected.size());
      for (size_t j = 0; j < filled.size(); ++j) EXPECT_EQ(filled[j].Data(), expected[j].Data());
    }
  }
}

TEST(TilesTest, AnEdgeThatLacksHashesIsDataLoss) {
  EXPECT_THAT(TileEdge::Restore(2, {{EmptyRoot()}}), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(TileEdge::Restore(256, {{}}), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(TilesTest, TileDataHasExactly256Hashes) {
  EXPECT_EQ(ParseTileData(std::string(8192, 'x')).value().size(), 256u);
  for (const size_t size : {0, 8160, 8191, 8193, 8224}) {
    EXPECT_THAT(ParseTileData(std::string(size, 'x')), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace tamga::ledger
