// The tree's hashes as they stand in the exchange database.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/hash.h"
#include "node/ledger/merkle.h"
#include "node/ledger/tiles.h"
#include "node/store/reader.h"

namespace tamga::ledger {

// Hashes of the log's first `size` entries. Remembers each tile that it has read, so make a new one for each task; a
// proof reads at most two tiles a level. As the log only grows, all hashes belong to one state of it even while entries
// are being added. Not thread-safe; `reader` must outlive it.
class StoredHashes final : public HashReader {
 public:
  StoredHashes(store::Reader& reader, uint64_t size) : reader_(reader), size_(size) {}

  // DataLoss if the database lacks what it should hold, InvalidArgument for a subtree beyond `size`.
  absl::StatusOr<Hash> NodeAt(unsigned level, uint64_t index) override;

  // The tree's right edge, from which it can grow.
  absl::StatusOr<TileEdge> Edge();

 private:
  // The hashes of a full tile, or of the partial one at the right edge.
  absl::StatusOr<std::vector<Hash>> ReadTile(unsigned level, uint64_t index);

  store::Reader& reader_;
  const uint64_t size_;
  std::map<std::pair<unsigned, uint64_t>, std::vector<Hash>> tiles_;  // by level and index
};

}  // namespace tamga::ledger
