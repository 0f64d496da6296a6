#include "node/ledger/tile_cache.h"

#include "node/base/check.h"

namespace tamga::ledger {

void TileTree::Append(const Hash& hash) {
  TAMGA_CHECK(width() < kTileWidth);
  if (width() == 0) {
    for (size_t height = 0; height <= kTileHeight; ++height) rows_[height].reserve(kTileWidth >> height);
  }
  rows_[0].push_back(hash);
  for (size_t height = 0; height < kTileHeight && rows_[height].size() % 2 == 0; ++height) {
    const std::vector<Hash>& row = rows_[height];
    rows_[height + 1].push_back(NodeHash(row[row.size() - 2], row.back()));
  }
}

std::shared_ptr<const TileTree> TileCache::Find(unsigned level, uint64_t index) {
  MutexLock lock(mutex_);
  const auto found = tiles_.find(Key(level, index));
  if (found == tiles_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.tile;
}

void TileCache::Put(unsigned level, uint64_t index, std::shared_ptr<const TileTree> tile) {
  const Key key(level, index);
  MutexLock lock(mutex_);
  if (const auto found = tiles_.find(key); found != tiles_.end()) {
    // Another thread may have seen a larger log meanwhile.
    if (found->second.tile->width() < tile->width()) found->second.tile = std::move(tile);
    return;
  }
  if (tiles_.size() >= max_tiles_) {
    tiles_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(key);
  tiles_[key] = {std::move(tile), order_.begin()};
}

}  // namespace tamga::ledger
