#include "node/ledger/tile_paths.h"

#include <set>
#include <string>

#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<TilePath> Parse(absl::string_view text) { return ParseTilePath("paths", text); }

TEST(TilePathsTest, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(FormatTilePath({}), "checkpoint");
  EXPECT_EQ(FormatTilePath(HashTile(0, 0)), "tile/0/000");
  EXPECT_EQ(FormatTilePath(HashTile(3, 1234067)), "tile/3/x001/x234/067");
  EXPECT_EQ(FormatTilePath(HashTile(63, 1000, 255)), "tile/63/x001/000.p/255");
  EXPECT_EQ(FormatTilePath(EntryBundle(999, 1)), "tile/entries/999.p/1");
}

TEST(TilePathsTest, EveryPathIsParsedToWhatItWasMadeOf) {
  SeededRng rng(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = rng.Bytes(11);
    TilePath path;
    path.kind = bytes[0] % 2 == 0 ? TilePath::Kind::kHashes : TilePath::Kind::kEntries;
    if (path.kind == TilePath::Kind::kHashes) path.level = static_cast<unsigned char>(bytes[1]) % 64;
    for (size_t j = 2; j < 10; ++j) path.index = path.index << 8 | static_cast<unsigned char>(bytes[j]);
    path.index >>= 1 + static_cast<unsigned char>(bytes[0]) / 2 % 63;
    path.width = 1u + static_cast<unsigned char>(bytes[10]);
    ASSERT_EQ(Parse(FormatTilePath(path)).value(), path) << FormatTilePath(path);
  }
  EXPECT_EQ(Parse("checkpoint").value(), TilePath{});
}

TEST(TilePathsTest, AnyOtherTextIsRefusedWithWhatIsWrong) {
  for (const char* text : {"", "/checkpoint", "checkpoint/", "Checkpoint", "tile", "tiles/0/000", "/tile/0/000",
                           "tile//000", "..", "tile/0/../../checkpoint", "tile/data/000", "tile/8/0/000/000"}) {
    EXPECT_THAT(Parse(text), HasReason("INVALID_FIELD")) << text;
  }
  for (const char* text : {"tile/64/000", "tile/00/000", "tile/-1/000", "tile/+1/000", "tile/ 1/000", "tile/x/000",
                           "tile/18446744073709551616/000"}) {
    EXPECT_THAT(Parse(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("level must be 0 to 63"))) << text;
  }
  for (const char* text :
       {"tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/000", "tile/0/001/000",
        "tile/0/x001/x000", "tile/0/x01/000", "tile/0/x001/000/", "tile/0/X001/000", "tile/0/00a", "tile/0/000.p",
        "tile/0/000?x", "tile/entries/1", "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "tile/0/000%2ep/1"}) {
    EXPECT_THAT(Parse(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index"))) << text;
  }
  EXPECT_THAT(Parse("tile/0"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index")));
  for (const char* text : {"tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/",
                           "tile/entries/000.p/1.p/1", "tile/0/000.p/-1"}) {
    EXPECT_THAT(Parse(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("width must be 1 to 255"))) << text;
  }
  EXPECT_TRUE(Parse("tile/0/x009/x223/x372/x036/x854/x775/807").ok());
}

std::set<std::string> TilesOf(uint64_t size) {
  std::set<std::string> names;
  EXPECT_OK(ForEachTile(size, [&](const TilePath& path) {
    EXPECT_TRUE(names.insert(FormatTilePath(path)).second);
    return absl::OkStatus();
  }));
  return names;
}

TEST(TilePathsTest, TheTilesOfALogAreThoseThatItsSizeImplies) {
  EXPECT_THAT(TilesOf(0), IsEmpty());
  EXPECT_THAT(TilesOf(1), ElementsAre("tile/0/000.p/1", "tile/entries/000.p/1"));
  EXPECT_THAT(TilesOf(256), ElementsAre("tile/0/000", "tile/1/000.p/1", "tile/entries/000"));
  const std::set<std::string> tiles = TilesOf(70000);
  EXPECT_EQ(tiles.size(), 2u * 274 + 2 + 1);
  for (const char* name : {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
                           "tile/entries/273.p/112"}) {
    EXPECT_EQ(tiles.count(name), 1u) << name;
  }
}

TEST(TilePathsTest, TheFirstErrorEndsTheWalk) {
  int calls = 0;
  EXPECT_THAT(
      ForEachTile(70000,
                  [&](const TilePath&) { return ++calls < 3 ? absl::OkStatus() : absl::CancelledError("enough"); }),
      StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace tamga::ledger
