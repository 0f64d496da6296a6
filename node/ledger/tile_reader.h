// The contents of what a log publishes (c2sp.org/tlog-tiles), from a log that may be growing meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "node/ledger/tile_paths.h"
#include "node/store/exchange_db.h"

namespace tamga::ledger {

// Thread-safe. The database must outlive it.
class TileReader {
 public:
  explicit TileReader(store::ReadableDb& database) : database_(database) {}

  // What `path`, a tile of hashes or an entry bundle, names in a log of `size` entries, the size of a signed
  // checkpoint. A partial tile is served up to the width that `size` implies, as earlier checkpoints implied the lesser
  // ones, and no longer once the tile is full. NotFound (TILE_UNKNOWN), saying what to ask for, for all else; DataLoss
  // if the database lacks what it should hold or an entry does not hash to its leaf.
  absl::StatusOr<std::string> Read(const TilePath& path, uint64_t size) const;

 private:
  store::ReadableDb& database_;
};

}  // namespace tamga::ledger
