// Properties of large trees, at places chosen by chance.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/merkle.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kLargest = 100'000;
constexpr int kRounds = 400;

// All nodes of a tree, level by level, as they are defined.
class WholeTree final : public HashReader {
 public:
  void Append(const Hash& leaf) {
    if (rows_.empty()) rows_.emplace_back();
    rows_[0].push_back(leaf);
    for (size_t level = 0; rows_[level].size() % 2 == 0; ++level) {
      if (rows_.size() == level + 1) rows_.emplace_back();
      const size_t size = rows_[level].size();
      rows_[level + 1].push_back(NodeHash(rows_[level][size - 2], rows_[level][size - 1]));
    }
  }

  absl::StatusOr<Hash> NodeAt(unsigned level, uint64_t index) override { return rows_.at(level).at(index); }

 private:
  std::vector<std::vector<Hash>> rows_;
};

class RandomTreeTest : public ::testing::Test {
 protected:
  // One tree for all tests.
  static void SetUpTestSuite() {
    tree_ = new WholeTree();
    roots_ = new std::vector<Hash>();
    CompactRange range;
    for (uint64_t i = 0; i < kLargest; ++i) {
      roots_->push_back(range.Root());
      tree_->Append(Leaf(i));
      range.AppendLeaf(Leaf(i));
    }
    roots_->push_back(range.Root());
  }

  static Hash Leaf(uint64_t i) { return LeafHash(absl::StrCat("entry ", i)); }
  static const Hash& Root(uint64_t size) { return (*roots_)[size]; }

  uint64_t Below(uint64_t bound) {
    uint64_t number = 0;
    const std::string bytes = rng_.Bytes(sizeof(number));
    std::memcpy(&number, bytes.data(), sizeof(number));
    return number % bound;
  }

  // 1 to kLargest; often where tiles and subtrees end.
  uint64_t RandomSize() {
    const uint64_t around = uint64_t{1} << Below(17);
    switch (Below(3)) {
      case 0:
        return std::min(kLargest, around * (1 + Below(8)) + Below(3));
      case 1:
        return std::min(kLargest, std::max<uint64_t>(1, around - Below(2)));
      default:
        return 1 + Below(kLargest);
    }
  }

  std::vector<Hash> WithOneBitFlipped(std::vector<Hash> proof) {
    Hash& hash = proof[Below(proof.size())];
    std::string bytes(hash.bytes());
    char& byte = bytes[Below(bytes.size())];
    byte = static_cast<char>(byte ^ 1 << Below(8));
    hash = Hash::FromBytes(bytes).value();
    return proof;
  }

  static WholeTree* tree_;
  static std::vector<Hash>* roots_;  // by size
  SeededRng rng_{11};
};

WholeTree* RandomTreeTest::tree_ = nullptr;
std::vector<Hash>* RandomTreeTest::roots_ = nullptr;

TEST_F(RandomTreeTest, RootsFromCompleteSubtreesAreThoseOfTheGrowingTree) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t size = RandomSize();
    ASSERT_EQ(RootAt(*tree_, size).value(), Root(size)) << size;
  }
}

TEST_F(RandomTreeTest, EveryInclusionProofHoldsForItsEntryAndNoOther) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t size = RandomSize();
    const uint64_t index = Below(size);
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> path, ProveInclusion(*tree_, index, size));
    ASSERT_OK(VerifyInclusion(Leaf(index), index, size, path, Root(size)));
    EXPECT_FALSE(VerifyInclusion(Leaf(index + 1), index, size, path, Root(size)).ok()) << index << " of " << size;
    EXPECT_FALSE(VerifyInclusion(Leaf(index), index, size, path, Root(size - 1)).ok()) << index << " of " << size;
    if (path.empty()) continue;
    EXPECT_FALSE(VerifyInclusion(Leaf(index), index, size, WithOneBitFlipped(path), Root(size)).ok());
    EXPECT_FALSE(VerifyInclusion(Leaf(index), index ^ 1, size, path, Root(size)).ok()) << index << " of " << size;
  }
}

TEST_F(RandomTreeTest, EveryConsistencyProofHoldsForItsRootsAndNoOthers) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t size = RandomSize();
    const uint64_t old_size = 1 + Below(size);
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof, ProveConsistency(*tree_, old_size, size));
    ASSERT_OK(VerifyConsistency(old_size, Root(old_size), size, Root(size), proof));
    EXPECT_FALSE(VerifyConsistency(old_size, Root(old_size - 1), size, Root(size), proof).ok());
    EXPECT_FALSE(VerifyConsistency(old_size, Root(old_size), size, Root(size - 1), proof).ok());
    if (proof.empty()) continue;
    EXPECT_FALSE(VerifyConsistency(old_size, Root(old_size), size, Root(size), WithOneBitFlipped(proof)).ok());
  }
}

TEST_F(RandomTreeTest, EveryTileHoldsTheRootsOfTheSubtreesThatItShould) {
  TileEdge edge;
  uint64_t tiles = 0;
  const auto check = [&](unsigned level, uint64_t index, const std::vector<Hash>& hashes) {
    for (size_t i = 0; i < hashes.size(); ++i) {
      ASSERT_EQ(hashes[i], tree_->NodeAt(level * kTileHeight, index * kTileWidth + i).value()) << level << " " << index;
    }
  };
  uint64_t next_look = 1 + Below(500);
  for (uint64_t i = 0; i < kLargest; ++i) {
    for (const Tile& tile : edge.Append(Leaf(i))) {
      check(tile.level, tile.index, tile.hashes);
      ++tiles;
    }
    if (edge.size() != next_look) continue;
    ASSERT_EQ(edge.Root(), Root(edge.size()));
    for (unsigned level = 0; level < 3; ++level) check(level, FullTiles(level, edge.size()), edge.partial(level));
    next_look = edge.size() + 1 + Below(500);
  }
  EXPECT_EQ(tiles, FullTiles(0, kLargest) + FullTiles(1, kLargest));
}

}  // namespace
}  // namespace tamga::ledger
