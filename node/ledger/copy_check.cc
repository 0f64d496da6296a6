#include "node/ledger/copy_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry_bundle.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kBundlesAtOnce = 8;
constexpr size_t kTilesAtOnce = 32;

absl::Status EntryFault(uint64_t index, absl::string_view what) {
  return Error(absl::StatusCode::kDataLoss, "LOG_FAULT", absl::StrCat("entry ", index, ": ", what),
               {{"index", absl::StrCat(index)}});
}

absl::Status TileFault(const TilePath& path, absl::string_view what) {
  return CopyFault(absl::StrCat(FormatTilePath(path), ": ", what));
}

class Checking {
 public:
  Checking(TileEdge known, const Checkpoint& checkpoint, TileSource& source)
      : checkpoint_(checkpoint),
        source_(source),
        known_size_(known.size()),
        known_leaves_(known.partial(0)),
        edge_(std::move(known)) {}

  absl::Status Run(const CopyProgress& progress) {
    const uint64_t bundles = (checkpoint_.size + kTileWidth - 1) / kTileWidth;
    uint64_t begin = known_size_ / kTileWidth;
    for (; begin < bundles; begin += kBundlesAtOnce) {
      progress(edge_.size(), checkpoint_.size);
      RETURN_IF_ERROR(CheckBundles(begin, std::min(begin + kBundlesAtOnce, bundles)));
    }
    progress(edge_.size(), checkpoint_.size);
    const bool has_root = edge_.Root() == checkpoint_.root;
    if (!has_root && known_size_ > 0) {
      return CopyFault(absl::StrCat("the first ", known_size_, " entries and those that followed do not have the root ",
                                    "of the checkpoint over ", checkpoint_.size,
                                    ": the log no longer begins with what it was then"));
    }
    // Where the root differs, these may tell in which part.
    RETURN_IF_ERROR(CheckUpperTiles());
    if (has_root) return absl::OkStatus();
    return CopyFault("the entries have another root than the checkpoint: it is of another log");
  }

 private:
  absl::Status CheckBundles(uint64_t begin, uint64_t end) {
    std::vector<TilePath> paths;
    for (uint64_t index = begin; index < end; ++index) {
      const uint64_t width = TileWidth(0, index, checkpoint_.size);
      paths.push_back(EntryBundle(index, width));
      paths.push_back(HashTile(0, index, width));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> contents, source_.Get(paths));
    for (size_t i = 0; i < paths.size(); i += 2) {
      RETURN_IF_ERROR(CheckBundle(paths[i], contents[i], paths[i + 1], contents[i + 1]));
    }
    return absl::OkStatus();
  }

  absl::Status CheckBundle(const TilePath& bundle_path, absl::string_view bundle, const TilePath& tile_path,
                           absl::string_view tile) {
    const absl::StatusOr<std::vector<absl::string_view>> entries = ParseBundle(bundle);
    if (!entries.ok()) return TileFault(bundle_path, entries.status().message());
    if (entries->size() != bundle_path.width) {
      return TileFault(bundle_path, absl::StrCat("holds ", entries->size(), " entries, not ", bundle_path.width));
    }
    const absl::StatusOr<std::vector<Hash>> leaves = ParseTileData(tile, tile_path.width);
    if (!leaves.ok()) return TileFault(tile_path, leaves.status().message());
    for (size_t i = 0; i < entries->size(); ++i) {
      RETURN_IF_ERROR(CheckEntry(bundle_path.index * kTileWidth + i, (*entries)[i], (*leaves)[i]));
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntry(uint64_t index, absl::string_view entry, const Hash& told) {
    const Hash leaf = LeafHash(entry);
    if (leaf != told) {
      return EntryFault(
          index, absl::StrCat("its bytes do not hash to its leaf in ", FormatTilePath(HashTile(0, index / kTileWidth)),
                              ": one of them was changed"));
    }
    if (index < known_size_) {
      if (leaf == known_leaves_[index % kTileWidth]) return absl::OkStatus();
      return EntryFault(index, "it was another one in the earlier copy");
    }
    for (Tile& filled : edge_.Append(leaf)) {
      if (filled.level > 0) upper_.push_back(std::move(filled));
    }
    return absl::OkStatus();
  }

  absl::Status CheckUpperTiles() {
    for (unsigned level = 1; FullTiles(level, checkpoint_.size) > 0 || !edge_.partial(level).empty(); ++level) {
      if (edge_.partial(level).empty()) continue;
      upper_.push_back({level, FullTiles(level, checkpoint_.size), edge_.partial(level)});
    }
    for (size_t begin = 0; begin < upper_.size(); begin += kTilesAtOnce) {
      RETURN_IF_ERROR(CompareTiles(begin, std::min(begin + kTilesAtOnce, upper_.size())));
    }
    return absl::OkStatus();
  }

  absl::Status CompareTiles(size_t begin, size_t end) {
    std::vector<TilePath> paths;
    for (size_t i = begin; i < end; ++i) {
      paths.push_back(HashTile(upper_[i].level, upper_[i].index, upper_[i].hashes.size()));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> contents, source_.Get(paths));
    for (size_t i = begin; i < end; ++i) {
      if (contents[i - begin] == upper_[i].Data()) continue;
      return TileFault(paths[i - begin], "is not the hashes of the tiles below it: it was changed");
    }
    return absl::OkStatus();
  }

  const Checkpoint& checkpoint_;
  TileSource& source_;
  const uint64_t known_size_;
  const std::vector<Hash> known_leaves_;  // those of a partial tile
  TileEdge edge_;
  std::vector<Tile> upper_;  // above level 0, to be compared; the last ones may be partial
};

}  // namespace

absl::Status CopyFault(absl::string_view detail) { return Error(absl::StatusCode::kDataLoss, "LOG_FAULT", detail); }

absl::StatusOr<TileEdge> EdgeOfCopy(const Checkpoint& checkpoint, TileSource& source) {
  std::vector<std::vector<Hash>> partial;
  for (unsigned level = 0; FullTiles(level, checkpoint.size) > 0 || PartialWidth(level, checkpoint.size) > 0; ++level) {
    partial.emplace_back();
    const uint64_t width = PartialWidth(level, checkpoint.size);
    if (width == 0) continue;
    const TilePath path = HashTile(level, FullTiles(level, checkpoint.size), width);
    ASSIGN_OR_RETURN(const std::vector<std::string> contents, source.Get({path}));
    absl::StatusOr<std::vector<Hash>> hashes = ParseTileData(contents.front(), width);
    if (!hashes.ok()) return TileFault(path, hashes.status().message());
    partial.back() = *std::move(hashes);
  }
  ASSIGN_OR_RETURN(TileEdge edge, TileEdge::Restore(checkpoint.size, std::move(partial)));
  if (edge.Root() == checkpoint.root) return edge;
  return CopyFault(absl::StrCat("the partial tiles do not have the root of the checkpoint over ", checkpoint.size));
}

absl::Status CheckCopy(TileEdge known, const Checkpoint& checkpoint, TileSource& source, const CopyProgress& progress) {
  return Checking(std::move(known), checkpoint, source).Run(progress);
}

}  // namespace tamga::ledger
