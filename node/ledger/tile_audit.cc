#include "node/ledger/tile_audit.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kTilesAtOnce = 64;

std::string NameOf(unsigned level, uint64_t index) { return absl::StrCat("tile ", index, " of level ", level); }

// With what lies below the tile.
void CompareHashes(store::Reader& reader, const Tile& tile, absl::string_view data, FaultList& faults) {
  const uint64_t begin = tile.index * kTileWidth;
  const absl::StatusOr<std::string> below = tile.level == 0
                                                ? reader.LeafHashes(begin, begin + kTileWidth)
                                                : reader.TileRoots(tile.level - 1, begin, begin + kTileWidth);
  if (!below.ok() || *below == data) return;
  for (uint64_t i = 0; i < kTileWidth; ++i) {
    if (tile.hashes[i].bytes() == below->substr(i * kHashBytes, kHashBytes)) continue;
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
  CompareHashes(reader, tile, row->data, faults);
}

}  // namespace

absl::Status AuditTiles(store::ReadableDb& database, uint64_t size, const std::function<absl::Status()>& go_on,
                        FaultList& faults) {
  for (unsigned level = 0; FullTiles(level, size) > 0; ++level) {
    for (uint64_t begin = 0; begin < FullTiles(level, size) && !faults.full(); begin += kTilesAtOnce) {
      if (begin > 0) RETURN_IF_ERROR(go_on());
      ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
      const uint64_t end = std::min(begin + kTilesAtOnce, FullTiles(level, size));
      for (uint64_t index = begin; index < end && !faults.full(); ++index) AuditTile(*session, level, index, faults);
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::ledger
