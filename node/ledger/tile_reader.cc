#include "node/ledger/tile_reader.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/stored_hashes.h"

namespace tamga::ledger {
namespace {

absl::Status Unknown(const TilePath& path, absl::string_view why) {
  return Error(absl::StatusCode::kNotFound, "TILE_UNKNOWN", absl::StrCat(FormatTilePath(path), ": ", why));
}

// Without this, anybody could have the node read and cut tiles of any width.
absl::Status CheckPublished(const TilePath& path, uint64_t size) {
  const uint64_t full = FullTiles(path.level, size);
  if (path.index < full) {
    if (!path.partial()) return absl::OkStatus();
    return Unknown(path, absl::StrCat("this tile is full; ask for ",
                                      FormatTilePath({path.kind, path.level, path.index, kTileWidth})));
  }
  const uint64_t width = path.index == full ? PartialWidth(path.level, size) : 0;
  if (path.partial() && path.width <= width) return absl::OkStatus();
  if (width == 0) return Unknown(path, absl::StrCat("the log of ", size, " entries has no such tile"));
  return Unknown(path, absl::StrCat("in the log of ", size, " entries this tile is partial; ask for ",
                                    FormatTilePath({path.kind, path.level, path.index, width})));
}

absl::StatusOr<std::string> ReadBundle(store::Reader& reader, const TilePath& path) {
  const uint64_t begin = path.index * kTileWidth;
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, reader.EntriesFrom(begin, path.width));
  std::string bundle;
  for (uint64_t i = 0; i < path.width; ++i) {
    if (i >= rows.size() || rows[i].index != begin + i) {
      return absl::DataLossError(absl::StrCat("entry ", begin + i, " is missing from the log; verify the log"));
    }
    if (LeafHash(rows[i].body).bytes() != rows[i].leaf) {
      return absl::DataLossError(absl::StrCat("entry ", begin + i, " does not hash to its leaf; verify the log"));
    }
    AppendToBundle(rows[i].body, bundle);
  }
  return bundle;
}

}  // namespace

absl::StatusOr<std::string> TileReader::Read(const TilePath& path, uint64_t size) const {
  RETURN_IF_ERROR(CheckPublished(path, size));
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  if (path.kind == TilePath::Kind::kEntries) return ReadBundle(*session, path);
  ASSIGN_OR_RETURN(const std::vector<Hash> hashes, StoredHashes(*session, size).TileHashes(path.level, path.index));
  return JoinHashes(hashes).substr(0, path.width * kHashBytes);
}

}  // namespace tamga::ledger
