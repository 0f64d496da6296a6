// Tiles of the tree (c2sp.org/tlog-tiles): tile (level, n) holds 256 hashes, each the root of a complete subtree of
// 256^level leaves. Full tiles are stored; partial ones are derived: at level 0 from the last leaves, above from the
// roots of the full tiles below.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

inline constexpr unsigned kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 256;

// The hashes one after the other.
std::string JoinHashes(const std::vector<Hash>& hashes);

struct Tile {
  unsigned level = 0;
  uint64_t index = 0;
  std::vector<Hash> hashes;  // 256

  // 8,192 bytes.
  std::string Data() const { return JoinHashes(hashes); }
  // Root of the subtree that the tile covers: hash `index` of the level above.
  Hash Root() const;
};

// The 1 to 256 hashes of a tile's data; InvalidArgument unless they are `width`.
absl::StatusOr<std::vector<Hash>> ParseTileData(absl::string_view data, uint64_t width = kTileWidth);

// Number of full tiles of a level in a log of `size` entries.
uint64_t FullTiles(unsigned level, uint64_t size);
// Number of hashes in the partial tile after them, 0 to 255.
uint64_t PartialWidth(unsigned level, uint64_t size);
// Number of hashes in tile `index`, which must be a full one or the next: 0 to 256.
uint64_t TileWidth(unsigned level, uint64_t index, uint64_t size);

// A growing tree: its compact range, and the hashes of its partial tiles. Cheap to copy, so that a batch can be built
// up on a copy and kept only once it is durable.
class TileEdge {
 public:
  TileEdge() = default;
  // The edge of a tree of `size` leaves; `partial[level]` holds PartialWidth(level, size) hashes, for each level from 0
  // until FullTiles and PartialWidth are 0. DataLoss otherwise.
  static absl::StatusOr<TileEdge> Restore(uint64_t size, std::vector<std::vector<Hash>> partial);

  // Adds a leaf; returns the tiles that it has filled, lowest level first.
  std::vector<Tile> Append(const Hash& leaf);

  uint64_t size() const { return range_.size(); }
  Hash Root() const { return range_.Root(); }
  // Hashes of the partial tile of a level, PartialWidth(level, size()) of them.
  const std::vector<Hash>& partial(unsigned level) const;

 private:
  CompactRange range_;
  std::vector<std::vector<Hash>> partial_;  // by level, each below 256 hashes
};

}  // namespace tamga::ledger
