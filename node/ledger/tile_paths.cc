#include "node/ledger/tile_paths.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"

namespace tamga::ledger {
namespace {

constexpr absl::string_view kCheckpointPath = "checkpoint";
constexpr size_t kMostGroups = 7;  // 2^63 has 19 digits

// "x001/x234/067" for 1234067.
std::string FormatIndex(uint64_t index) {
  std::string text = absl::StrFormat("%03d", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) text = absl::StrFormat("x%03d/%s", index % 1000, text);
  return text;
}

bool IsGroup(absl::string_view group) {
  return group.size() == 3 && std::all_of(group.begin(), group.end(),
                                          [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

absl::StatusOr<uint64_t> ParseIndex(absl::string_view field, absl::string_view text) {
  const std::vector<absl::string_view> groups = absl::StrSplit(text, '/');
  std::string digits;
  for (size_t i = 0; i < groups.size() && groups.size() <= kMostGroups; ++i) {
    absl::string_view group = groups[i];
    const bool is_last = i + 1 == groups.size();
    if (absl::ConsumePrefix(&group, "x") == is_last || !IsGroup(group)) break;
    absl::StrAppend(&digits, group);
  }
  const size_t begin = std::min(digits.find_first_not_of('0'), digits.empty() ? 0 : digits.size() - 1);
  const absl::StatusOr<uint64_t> index = ParseLogNumber(field, absl::string_view(digits).substr(begin));
  if (index.ok() && FormatIndex(*index) == text) return index;
  return InvalidField(field,
                      "a tile's index must be below 2^63, in groups of three digits, all but the last after an x");
}

absl::StatusOr<uint64_t> ParseBelow(absl::string_view field, absl::string_view what, absl::string_view text,
                                    uint64_t least, uint64_t most) {
  const absl::StatusOr<uint64_t> number = ParseLogNumber(field, text);
  if (number.ok() && *number >= least && *number <= most) return number;
  return InvalidField(field, absl::StrCat(what, " must be ", least, " to ", most, ", without leading zeros"));
}

}  // namespace

TilePath HashTile(unsigned level, uint64_t index, uint64_t width) {
  return {TilePath::Kind::kHashes, level, index, width};
}

TilePath EntryBundle(uint64_t index, uint64_t width) { return {TilePath::Kind::kEntries, 0, index, width}; }

std::string FormatTilePath(const TilePath& path) {
  if (path.kind == TilePath::Kind::kCheckpoint) return std::string(kCheckpointPath);
  std::string text = path.kind == TilePath::Kind::kEntries ? "tile/entries/" : absl::StrCat("tile/", path.level, "/");
  absl::StrAppend(&text, FormatIndex(path.index));
  if (path.partial()) absl::StrAppend(&text, ".p/", path.width);
  return text;
}

absl::StatusOr<TilePath> ParseTilePath(absl::string_view field, absl::string_view text) {
  if (text == kCheckpointPath) return TilePath{};
  if (!absl::ConsumePrefix(&text, "tile/")) {
    return InvalidField(field, "must be checkpoint, tile/<level>/<index> or tile/entries/<index>");
  }
  TilePath path;
  path.kind = TilePath::Kind::kEntries;
  if (!absl::ConsumePrefix(&text, "entries/")) {
    path.kind = TilePath::Kind::kHashes;
    const size_t slash = text.find('/');
    if (slash == absl::string_view::npos) return InvalidField(field, "a tile's index must follow its level");
    ASSIGN_OR_RETURN(const uint64_t level,
                     ParseBelow(field, "a tile's level", text.substr(0, slash), 0, kMaxTileLevel));
    path.level = static_cast<unsigned>(level);
    text.remove_prefix(slash + 1);
  }
  const size_t suffix = text.find(".p/");
  if (suffix != absl::string_view::npos) {
    ASSIGN_OR_RETURN(path.width,
                     ParseBelow(field, "a partial tile's width", text.substr(suffix + 3), 1, kTileWidth - 1));
  }
  ASSIGN_OR_RETURN(path.index, ParseIndex(field, text.substr(0, suffix)));
  return path;
}

absl::Status ForEachTile(uint64_t size, const std::function<absl::Status(const TilePath&)>& take) {
  const auto take_level = [&](TilePath path) -> absl::Status {
    for (path.index = 0; path.index < FullTiles(path.level, size); ++path.index) RETURN_IF_ERROR(take(path));
    path.width = PartialWidth(path.level, size);
    return path.width == 0 ? absl::OkStatus() : take(path);
  };
  RETURN_IF_ERROR(take_level(EntryBundle(0)));
  for (unsigned level = 0; FullTiles(level, size) > 0 || PartialWidth(level, size) > 0; ++level) {
    RETURN_IF_ERROR(take_level(HashTile(level, 0)));
  }
  return absl::OkStatus();
}

}  // namespace tamga::ledger
