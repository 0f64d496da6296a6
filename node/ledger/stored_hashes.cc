#include "node/ledger/stored_hashes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
absl::StatusOr<Hash> StoredHashes::NodeAt(unsigned level, uint64_t index) {
  if (level > 62 || index >= size_ >> level) {
    return absl::InvalidArgumentError("a subtree beyond the end of the log was asked for");
  }
  // The node is the root of 2^height hashes of a tile.
  const unsigned height = level % kTileHeight;
  const uint64_t tiles_nodes = kTileWidth >> height;
  ASSIGN_OR_RETURN(const std::shared_ptr<const TileTree> tile, TileAt(level / kTileHeight, index / tiles_nodes));
  return tile->At(height, index % tiles_nodes);
}

absl::StatusOr<std::vector<Hash>> StoredHashes::TileHashes(unsigned level, uint64_t index) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TileTree> tile, TileAt(level, index));
  std::vector<Hash> hashes = tile->hashes();
  hashes.resize(TileWidth(level, index, size_));
  return hashes;
}

absl::StatusOr<std::shared_ptr<const TileTree>> StoredHashes::TileAt(unsigned level, uint64_t index) {
  std::shared_ptr<const TileTree>& known = tiles_[{level, index}];
  if (known == nullptr && cache_ != nullptr) known = cache_->Find(level, index);
  const uint64_t width = TileWidth(level, index, size_);
  if (known != nullptr && known->width() >= width) return known;
  const auto tile = known == nullptr ? std::make_shared<TileTree>() : std::make_shared<TileTree>(*known);
  ASSIGN_OR_RETURN(const std::vector<Hash> hashes, ReadTile(level, index, tile->width(), width));
  for (const Hash& hash : hashes) tile->Append(hash);
  known = tile;
  if (cache_ != nullptr) cache_->Put(level, index, known);
  return known;
}

absl::StatusOr<std::vector<Hash>> StoredHashes::ReadTile(unsigned level, uint64_t index, uint64_t begin,
                                                         uint64_t width) {
  if (width == kTileWidth) {
    const absl::StatusOr<store::TileRow> tile = reader_.TileAt(level, index);
    if (absl::IsNotFound(tile.status())) return absl::DataLossError(tile.status().message());
    RETURN_IF_ERROR(tile.status());
    absl::StatusOr<std::vector<Hash>> hashes = ParseTileData(tile->data);
    if (!hashes.ok()) return absl::DataLossError(absl::StrCat("tile ", index, " of level ", level, " is damaged"));
    hashes->erase(hashes->begin(), hashes->begin() + static_cast<std::ptrdiff_t>(begin));
    return hashes;
  }
  const uint64_t first = index * kTileWidth;
  ASSIGN_OR_RETURN(const std::string hashes, level == 0 ? reader_.LeafHashes(first + begin, first + width)
                                                        : reader_.TileRoots(level - 1, first + begin, first + width));
  return ParseTileData(hashes, width - begin);
}

absl::StatusOr<TileEdge> StoredHashes::Edge() {
  std::vector<std::vector<Hash>> partial;
  for (unsigned level = 0; FullTiles(level, size_) > 0 || PartialWidth(level, size_) > 0; ++level) {
    ASSIGN_OR_RETURN(std::vector<Hash> hashes, TileHashes(level, FullTiles(level, size_)));
    partial.push_back(std::move(hashes));
  }
  return TileEdge::Restore(size_, std::move(partial));
}

}  // namespace tamga::ledger
