#include "node/ledger/tile_audit.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {
namespace {

std::string NameOf(unsigned level, uint64_t index) { return absl::StrCat("tile ", index, " of level ", level); }

void CompareHashes(store::Reader& reader, const Tile& tile, FaultList& faults) {
  const uint64_t begin = tile.index * kTileWidth;
  const absl::StatusOr<std::vector<std::string>> below =
      tile.level == 0 ? reader.LeafHashes(begin, begin + kTileWidth)
                      : reader.TileRoots(tile.level - 1, begin, begin + kTileWidth);
  if (!below.ok()) return;
  for (uint64_t i = 0; i < kTileWidth; ++i) {
    if (tile.hashes[i].bytes() == (*below)[i]) continue;
    if (tile.level == 0) {
      faults.AddAt(begin + i, "", absl::StrCat("the entry's leaf differs from ", NameOf(0, tile.index)));
    } else {
      faults.Add(absl::StrCat(NameOf(tile.level - 1, begin + i), " differs from ", NameOf(tile.level, tile.index)));
    }
  }
}

void AuditTile(store::Reader& reader, unsigned level, uint64_t index, FaultList& faults) {
  const absl::StatusOr<store::TileRow> row = reader.TileAt(level, index);
  if (!row.ok()) return faults.Add(absl::StrCat(NameOf(level, index), ": ", row.status().message()));
  absl::StatusOr<std::vector<Hash>> hashes = ParseTileData(row->data);
  if (!hashes.ok()) return faults.Add(absl::StrCat(NameOf(level, index), ": ", hashes.status().message()));
  const Tile tile{level, index, *std::move(hashes)};
  if (tile.Root().bytes() != row->root) faults.Add(absl::StrCat(NameOf(level, index), ": its root does not fit it"));
  CompareHashes(reader, tile, faults);
}

}  // namespace

void AuditTiles(store::Reader& reader, uint64_t size, FaultList& faults) {
  for (unsigned level = 0; FullTiles(level, size) > 0; ++level) {
    for (uint64_t index = 0; index < FullTiles(level, size) && !faults.full(); ++index) {
      AuditTile(reader, level, index, faults);
    }
  }
}

}  // namespace tamga::ledger
