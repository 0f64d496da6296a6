#include "node/ledger/stored_hashes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
namespace {

absl::StatusOr<std::vector<Hash>> ParseHashes(const std::vector<std::string>& texts) {
  std::vector<Hash> hashes;
  hashes.reserve(texts.size());
  for (const std::string& text : texts) {
    const absl::StatusOr<Hash> hash = Hash::FromBytes(text);
    if (!hash.ok()) return absl::DataLossError("the log holds a hash that has not 32 bytes; restore the last backup");
    hashes.push_back(*hash);
  }
  return hashes;
}

}  // namespace

absl::StatusOr<Hash> StoredHashes::NodeAt(unsigned level, uint64_t index) {
  if (level > 62 || index >= size_ >> level) {
    return absl::InvalidArgumentError("a subtree beyond the end of the log was asked for");
  }
  // The node is the root of 2^height hashes of a tile.
  const unsigned height = level % kTileHeight;
  const uint64_t first = index << height;
  const std::pair<unsigned, uint64_t> key(level / kTileHeight, first / kTileWidth);
  auto tile = tiles_.find(key);
  if (tile == tiles_.end()) {
    ASSIGN_OR_RETURN(std::vector<Hash> hashes, ReadTile(key.first, key.second));
    tile = tiles_.emplace(key, std::move(hashes)).first;
  }
  CompactRange range;
  for (uint64_t i = first % kTileWidth; range.size() < uint64_t{1} << height; ++i) range.AppendLeaf(tile->second[i]);
  return range.Root();
}

absl::StatusOr<std::vector<Hash>> StoredHashes::ReadTile(unsigned level, uint64_t index) {
  if (index < FullTiles(level, size_)) {
    const absl::StatusOr<store::TileRow> tile = reader_.TileAt(level, index);
    if (absl::IsNotFound(tile.status())) return absl::DataLossError(tile.status().message());
    RETURN_IF_ERROR(tile.status());
    absl::StatusOr<std::vector<Hash>> hashes = ParseTileData(tile->data);
    if (!hashes.ok()) return absl::DataLossError(absl::StrCat("tile ", index, " of level ", level, " is damaged"));
    return hashes;
  }
  const uint64_t begin = index * kTileWidth;
  const uint64_t end = begin + PartialWidth(level, size_);
  ASSIGN_OR_RETURN(const std::vector<std::string> hashes,
                   level == 0 ? reader_.LeafHashes(begin, end) : reader_.TileRoots(level - 1, begin, end));
  return ParseHashes(hashes);
}

absl::StatusOr<TileEdge> StoredHashes::Edge() {
  std::vector<std::vector<Hash>> partial;
  for (unsigned level = 0; FullTiles(level, size_) > 0 || PartialWidth(level, size_) > 0; ++level) {
    ASSIGN_OR_RETURN(std::vector<Hash> hashes, ReadTile(level, FullTiles(level, size_)));
    partial.push_back(std::move(hashes));
  }
  return TileEdge::Restore(size_, std::move(partial));
}

}  // namespace tamga::ledger
