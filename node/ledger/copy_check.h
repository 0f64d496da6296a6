// The check of a log's copy, tile by tile, against a checkpoint: everything is hashed again, nothing that can be
// computed is believed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/tile_paths.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {

// Where the tiles and bundles of the copy come from.
class TileSource {
 public:
  virtual ~TileSource() = default;
  // The contents of the paths, as many and in the same order. At most 64 are asked for at once.
  virtual absl::StatusOr<std::vector<std::string>> Get(const std::vector<TilePath>& paths) = 0;
};

// What was found wrong: DataLoss with reason LOG_FAULT; its particulars name the "index" of the entry where one can be
// named.
absl::Status CopyFault(absl::string_view detail);

// The right edge of a copy that was checked before, from its partial tiles. CopyFault unless they lead to the root of
// `checkpoint`.
absl::StatusOr<TileEdge> EdgeOfCopy(const Checkpoint& checkpoint, TileSource& source);

// Called now and then with the entries hashed so far and all.
using CopyProgress = std::function<void(uint64_t checked, uint64_t total)>;

// OK if the entries from known.size() on, together with those of `known`, make up the log of `checkpoint`, and all
// tiles over them are as they should be. So with a `known` that is not empty the log of the checkpoint begins with that
// one. `known` must not be larger than the log. CopyFault with the first thing that does not agree, in the order of
// entries, tiles, root; errors of `source` as they are.
absl::Status CheckCopy(TileEdge known, const Checkpoint& checkpoint, TileSource& source, const CopyProgress& progress);

}  // namespace tamga::ledger
