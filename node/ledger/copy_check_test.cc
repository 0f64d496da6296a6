#include "node/ledger/copy_check.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;

std::string EntryOf(uint64_t index) { return absl::StrCat("{\"exchange\":", index, "}"); }

// A copy in memory, built from the entries that are given one by one.
class MemoryCopy final : public TileSource {
 public:
  void Append(const std::string& entry) {
    entries_.push_back(entry);
    for (const Tile& tile : edge_.Append(LeafHash(entry))) files_[Name(HashTile(tile.level, tile.index))] = tile.Data();
  }

  // As it is exported.
  Checkpoint Finish() {
    EXPECT_OK(ForEachTile(edge_.size(), [&](const TilePath& path) {
      std::string& file = files_[Name(path)];
      if (path.kind == TilePath::Kind::kEntries) {
        file.clear();
        for (uint64_t i = 0; i < path.width; ++i) AppendToBundle(entries_[path.index * kTileWidth + i], file);
      } else if (path.partial()) {
        file = JoinHashes(edge_.partial(path.level));
      }
      return absl::OkStatus();
    }));
    return {"log.test.example/copy", edge_.size(), edge_.Root()};
  }

  absl::StatusOr<std::vector<std::string>> Get(const std::vector<TilePath>& paths) override {
    EXPECT_LE(paths.size(), 64u);
    std::vector<std::string> contents;
    for (const TilePath& path : paths) {
      const auto file = files_.find(Name(path));
      if (file == files_.end()) return CopyFault(absl::StrCat(Name(path), ": is missing"));
      contents.push_back(file->second);
      ++got_;
    }
    return contents;
  }

  std::map<std::string, std::string>& files() { return files_; }
  const TileEdge& edge() const { return edge_; }
  int got() const { return got_; }

 private:
  static std::string Name(const TilePath& path) { return FormatTilePath(path); }

  std::vector<std::string> entries_;
  TileEdge edge_;
  std::map<std::string, std::string> files_;
  int got_ = 0;
};

class CopyCheckTest : public ::testing::Test {
 protected:
  void Grow(uint64_t size) {
    while (copy_.edge().size() < size) copy_.Append(EntryOf(copy_.edge().size()));
    checkpoint_ = copy_.Finish();
  }

  absl::Status Check(const TileEdge& known = {}) {
    return CheckCopy(known, checkpoint_, copy_, [&](uint64_t checked, uint64_t total) {
      EXPECT_LE(checked, total);
      EXPECT_EQ(total, checkpoint_.size);
      checked_ = checked;
    });
  }

  MemoryCopy copy_;
  Checkpoint checkpoint_;
  uint64_t checked_ = 0;
};

TEST_F(CopyCheckTest, ACopyOfAnySizeIsInOrder) {
  for (const uint64_t size : {0, 1, 255, 256, 257, 600, 65535, 65536, 65793, 70000}) {
    Grow(size);
    EXPECT_OK(Check()) << size;
    EXPECT_EQ(checked_, size);
  }
  EXPECT_EQ(checkpoint_.root,
            ParseCheckpoint(ParseNote(ReadVector("golden-70000/checkpoint")).value().text).value().root);
}

TEST_F(CopyCheckTest, GrowthIsCheckedFromWhatIsKnownAndOnlyNewThingsAreAskedFor) {
  SeededRng rng(3);
  uint64_t size = 0;
  Grow(size);
  for (int round = 0; round < 40; ++round) {
    ASSERT_OK_AND_ASSIGN(const TileEdge known, EdgeOfCopy(checkpoint_, copy_));
    ASSERT_EQ(known.Root(), copy_.edge().Root());
    const uint64_t added = static_cast<unsigned char>(rng.Bytes(1)[0]) * (round % 5u == 0 ? uint64_t{20} : 1);
    Grow(size + added);
    const int got = copy_.got();
    ASSERT_OK(Check(known)) << size << " + " << added;
    EXPECT_LE(copy_.got() - got, 2 * (static_cast<int>(added) / 256 + 2) + 3) << size << " + " << added;
    size += added;
  }
}

TEST_F(CopyCheckTest, AChangedEntryIsNamedByItsIndex) {
  Grow(70000);
  std::string& bundle = copy_.files()["tile/entries/200"];
  bundle[bundle.find(absl::StrCat(EntryOf(200 * 256 + 17))) + 3] ^= 1;
  const absl::Status status = Check();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 51217: its bytes do not hash")));
  EXPECT_THAT(status, HasReason("LOG_FAULT"));
  EXPECT_EQ(MetadataOf(status).at("index"), "51217");
}

TEST_F(CopyCheckTest, EveryFlippedByteOfASmallCopyIsFound) {
  Grow(600);
  const std::map<std::string, std::string> good = copy_.files();
  for (const auto& [name, content] : good) {
    if (name == "tile/0/000.p/1") continue;
    for (size_t at = 0; at < content.size(); at += 97) {
      copy_.files()[name][at] ^= 0x40;
      EXPECT_THAT(Check(), HasReason("LOG_FAULT")) << name << " at " << at;
      copy_.files()[name] = content;
    }
    copy_.files()[name] += '\0';
    EXPECT_THAT(Check(), HasReason("LOG_FAULT")) << name;
    copy_.files().erase(name);
    EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(absl::StrCat(name, ": is missing"))));
    copy_.files()[name] = content;
  }
  EXPECT_OK(Check());
}

TEST_F(CopyCheckTest, AnUpperTileThatWasChangedIsNamed) {
  Grow(70000);
  copy_.files()["tile/1/000"][33] ^= 1;
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile/1/000: is not the hashes")));
  copy_.files()["tile/1/000"][33] ^= 1;
  copy_.files()["tile/2/000.p/1"][0] ^= 1;
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile/2/000.p/1: is not the hashes")));
}

TEST_F(CopyCheckTest, AnEntryRewrittenTogetherWithAllTilesIsFoundByTheRoot) {
  Grow(600);
  const Checkpoint before = checkpoint_;
  copy_ = MemoryCopy();
  for (uint64_t i = 0; i < 600; ++i) copy_.Append(i == 5 ? "other" : EntryOf(i));
  copy_.Finish();
  checkpoint_ = before;
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another root")));
}

TEST_F(CopyCheckTest, ALogThatNoLongerBeginsWithTheEarlierCopyIsFound) {
  Grow(300);
  ASSERT_OK_AND_ASSIGN(const TileEdge known, EdgeOfCopy(checkpoint_, copy_));
  for (const uint64_t rewritten : {5, 299}) {
    copy_ = MemoryCopy();
    for (uint64_t i = 0; i < 700; ++i) copy_.Append(i == rewritten ? "other" : EntryOf(i));
    checkpoint_ = copy_.Finish();
    EXPECT_OK(Check());
    EXPECT_THAT(Check(known), HasReason("LOG_FAULT")) << rewritten;
  }
  EXPECT_THAT(Check(known),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 299: it was another one in the earlier copy")));
}

TEST_F(CopyCheckTest, PartialTilesThatDoNotFitTheCheckpointAreNoEdge) {
  Grow(600);
  copy_.files()["tile/1/000.p/2"][0] ^= 1;
  EXPECT_THAT(EdgeOfCopy(checkpoint_, copy_), HasReason("LOG_FAULT"));
  copy_.files()["tile/1/000.p/2"] = "short";
  EXPECT_THAT(EdgeOfCopy(checkpoint_, copy_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile/1/000.p/2")));
  copy_.files().erase("tile/0/002.p/88");
  EXPECT_THAT(EdgeOfCopy(checkpoint_, copy_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("is missing")));
}

TEST_F(CopyCheckTest, BundlesWithAnotherNumberOfEntriesAreRefused) {
  Grow(300);
  AppendToBundle("one more", copy_.files()["tile/entries/000"]);
  EXPECT_THAT(Check(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile/entries/000: holds 257 entries, not 256")));
}

}  // namespace
}  // namespace tamga::ledger
