#include "node/ledger/tiles.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
namespace {

// Entries that a tile hash of this level covers, as a power of two; levels above 7 are empty for sizes below 2^63.
unsigned ShiftOf(unsigned level) { return level * kTileHeight; }
uint64_t HashesAt(unsigned level, uint64_t size) { return ShiftOf(level) < 64 ? size >> ShiftOf(level) : 0; }

}  // namespace

std::string JoinHashes(const std::vector<Hash>& hashes) {
  std::string data;
  data.reserve(hashes.size() * kHashBytes);
  for (const Hash& hash : hashes) absl::StrAppend(&data, hash.bytes());
  return data;
}

Hash Tile::Root() const {
  CompactRange range;
  for (const Hash& hash : hashes) range.AppendLeaf(hash);
  return range.Root();
}

absl::StatusOr<std::vector<Hash>> ParseTileData(absl::string_view data, uint64_t width) {
  if (data.size() != width * kHashBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tile of ", width, " hashes has ", width * kHashBytes, " bytes, not ", data.size()));
  }
  std::vector<Hash> hashes;
  hashes.reserve(width);
  for (size_t at = 0; at < data.size(); at += kHashBytes) {
    ASSIGN_OR_RETURN(const Hash hash, Hash::FromBytes(data.substr(at, kHashBytes)));
    hashes.push_back(hash);
  }
  return hashes;
}

uint64_t FullTiles(unsigned level, uint64_t size) { return HashesAt(level, size) / kTileWidth; }

uint64_t PartialWidth(unsigned level, uint64_t size) { return HashesAt(level, size) % kTileWidth; }

uint64_t TileWidth(unsigned level, uint64_t index, uint64_t size) {
  return index < FullTiles(level, size) ? kTileWidth : PartialWidth(level, size);
}

absl::StatusOr<TileEdge> TileEdge::Restore(uint64_t size, std::vector<std::vector<Hash>> partial) {
  TileEdge edge;
  // Higher levels cover the leaves further left.
  for (size_t level = partial.size(); level-- > 0;) {
    const auto tile_level = static_cast<unsigned>(level);
    if (partial[level].size() != PartialWidth(tile_level, size)) {
      return absl::DataLossError(absl::StrCat("the log's tree lacks hashes of level ", level));
    }
    for (const Hash& hash : partial[level]) edge.range_.Append(ShiftOf(tile_level), hash);
  }
  if (edge.size() != size) return absl::DataLossError("the log's tree lacks its upper levels");
  edge.partial_ = std::move(partial);
  return edge;
}

std::vector<Tile> TileEdge::Append(const Hash& leaf) {
  range_.AppendLeaf(leaf);
  std::vector<Tile> filled;
  Hash hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (partial_.size() == level) partial_.emplace_back();
    partial_[level].push_back(hash);
    if (partial_[level].size() < kTileWidth) return filled;
    filled.push_back({level, FullTiles(level, size()) - 1, std::exchange(partial_[level], {})});
    hash = filled.back().Root();
  }
}

const std::vector<Hash>& TileEdge::partial(unsigned level) const {
  static const std::vector<Hash> kNone;
  return level < partial_.size() ? partial_[level] : kNone;
}

}  // namespace tamga::ledger
