// Tiles kept for the next proof. A log only grows, so what is known of a tile stays true, and a partial tile is the
// beginning of the full one.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "node/base/mutex.h"
#include "node/ledger/hash.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {

// The beginning of a tile, with the root of every complete subtree within it.
class TileTree {
 public:
  // Up to 256 hashes.
  void Append(const Hash& hash);

  uint64_t width() const { return rows_[0].size(); }
  // The hashes of the tile.
  const std::vector<Hash>& hashes() const { return rows_[0]; }
  // Root of the hashes `index` * 2^`height` up to, without, (`index` + 1) * 2^`height`, all of which must be there.
  const Hash& At(unsigned height, uint64_t index) const { return rows_[height][index]; }

 private:
  std::array<std::vector<Hash>, kTileHeight + 1> rows_;  // by height
};

// Thread-safe. Holds the tiles used last, 16 KiB each.
class TileCache {
 public:
  explicit TileCache(size_t max_tiles) : max_tiles_(max_tiles) {}

  // What is known of a tile; null if nothing.
  std::shared_ptr<const TileTree> Find(unsigned level, uint64_t index);
  void Put(unsigned level, uint64_t index, std::shared_ptr<const TileTree> tile);

 private:
  using Key = std::pair<unsigned, uint64_t>;  // level and index
  struct Kept {
    std::shared_ptr<const TileTree> tile;
    std::list<Key>::iterator place;
  };

  const size_t max_tiles_;
  Mutex mutex_;
  std::list<Key> order_ ABSL_GUARDED_BY(mutex_);  // the one used last comes first
  absl::flat_hash_map<Key, Kept> tiles_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::ledger
