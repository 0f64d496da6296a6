// The tree's hashes as they stand in the exchange database.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/hash.h"
#include "node/ledger/merkle.h"
#include "node/ledger/tile_cache.h"
#include "node/ledger/tiles.h"
#include "node/store/reader.h"

namespace tamga::ledger {

// Hashes of the log's first `size` entries. Remembers each tile that it has read, so make a new one for each task; a
// proof reads at most two tiles a level. What tasks have in common they can keep in a cache of this log. As the log
// only grows, all hashes belong to one state of it even while entries are being added. Not thread-safe; `reader` and
// `cache` must outlive it.
class StoredHashes final : public HashReader {
 public:
  StoredHashes(store::Reader& reader, uint64_t size, TileCache* cache = nullptr)
      : reader_(reader), size_(size), cache_(cache) {}

  // DataLoss if the database lacks what it should hold, InvalidArgument for a subtree beyond `size`.
  absl::StatusOr<Hash> NodeAt(unsigned level, uint64_t index) override;

  // The hashes of a full tile, or of the partial one at the right edge. The tile must be one of these. DataLoss as
  // above.
  absl::StatusOr<std::vector<Hash>> TileHashes(unsigned level, uint64_t index);

  // The tree's right edge, from which it can grow.
  absl::StatusOr<TileEdge> Edge();

 private:
  // A tile with all its hashes that belong to the log of `size_`, or more.
  absl::StatusOr<std::shared_ptr<const TileTree>> TileAt(unsigned level, uint64_t index);
  // The hashes of a tile from `begin` on, up to `width`.
  absl::StatusOr<std::vector<Hash>> ReadTile(unsigned level, uint64_t index, uint64_t begin, uint64_t width);

  store::Reader& reader_;
  const uint64_t size_;
  TileCache* const cache_;
  std::map<std::pair<unsigned, uint64_t>, std::shared_ptr<const TileTree>> tiles_;  // by level and index
};

}  // namespace tamga::ledger
