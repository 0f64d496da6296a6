// Names of what a log publishes (c2sp.org/tlog-tiles): "checkpoint", "tile/<L>/<N>[.p/<W>]" for hashes and
// "tile/entries/<N>[.p/<W>]" for entry bundles. Only this file knows them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/tiles.h"

namespace tamga::ledger {

inline constexpr unsigned kMaxTileLevel = 63;

struct TilePath {
  enum class Kind { kCheckpoint, kHashes, kEntries };
  Kind kind = Kind::kCheckpoint;
  unsigned level = 0;  // 0 to 63; 0 unless kHashes
  uint64_t index = 0;  // below 2^63
  // Hashes or entries in it: 1 to 256. Below 256 the tile is partial.
  uint64_t width = kTileWidth;

  bool partial() const { return width < kTileWidth; }
  bool operator==(const TilePath&) const = default;
};

TilePath HashTile(unsigned level, uint64_t index, uint64_t width = kTileWidth);
TilePath EntryBundle(uint64_t index, uint64_t width = kTileWidth);

std::string FormatTilePath(const TilePath& path);
// Each path has exactly one text; INVALID_FIELD naming `field` and what is wrong for any other.
absl::StatusOr<TilePath> ParseTilePath(absl::string_view field, absl::string_view text);

// Calls `take` with all tiles and bundles of a log of `size` entries, in no particular order, until one call fails.
absl::Status ForEachTile(uint64_t size, const std::function<absl::Status(const TilePath&)>& take);

}  // namespace tamga::ledger
