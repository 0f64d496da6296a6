#include "node/ledger/tlog_proof.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/matchers.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/test_ed25519.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;

const TestLogKey& GoldenKey() {
  static const TestLogKey key("log.interior.kg.example/exchange/1");
  return key;
}

absl::StatusOr<Checkpoint> ParseAndVerify(absl::string_view text, absl::string_view entry) {
  const absl::StatusOr<TlogProof> proof = ParseTlogProof(text);
  if (!proof.ok()) return proof.status();
  return VerifyTlogProof(*proof, entry, GoldenKey().key(), certs::VerifyEd25519);
}

TEST(TlogProofTest, TheGoldenProofVerifies) {
  const std::string text = ReadVector("golden-70000/proof.tlog-proof");
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(text));
  EXPECT_EQ(proof.index, 23333u);
  EXPECT_EQ(FormatTlogProof(proof), text);
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, ParseAndVerify(text, ReadVector("golden-70000/entry")));
  EXPECT_EQ(checkpoint.size, 70000u);
  EXPECT_FALSE(ParseAndVerify(text, "{\"exchange\":23334}").ok());
}

// A short proof by one signature, so that every bit counts.
std::string SmallProof(absl::string_view extra) {
  CompactRange range;
  range.AppendLeaf(LeafHash("a"));
  range.AppendLeaf(LeafHash("b"));
  const std::string text = FormatCheckpoint({GoldenKey().key().name, 2, range.Root()});
  return FormatTlogProof(
      {std::string(extra), 1, {LeafHash("a")}, SignNote(text, GoldenKey().key(), GoldenKey().signer())});
}

TEST(TlogProofTest, EveryFlippedBitAndEveryCutIsRefused) {
  const std::string text = SmallProof("");
  ASSERT_OK(ParseAndVerify(text, "b"));
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(ParseAndVerify(damaged, "b").ok()) << "bit " << bit;
  }
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseAndVerify(text.substr(0, size), "b").ok()) << "cut to " << size;
  }
  EXPECT_FALSE(ParseAndVerify(text + "x", "b").ok());
  EXPECT_FALSE(ParseAndVerify(text + "\n", "b").ok());
}

TEST(TlogProofTest, TheExtraLineIsKeptButProvesNothing) {
  const std::string text = SmallProof("opening");
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(text));
  EXPECT_EQ(proof.extra, "opening");
  EXPECT_EQ(FormatTlogProof(proof), text);
  EXPECT_OK(ParseAndVerify(text, "b"));
  EXPECT_FALSE(ParseTlogProof(absl::StrReplaceAll(text, {{"extra b3BlbmluZw==", "extra "}})).ok());
  EXPECT_FALSE(ParseTlogProof(absl::StrReplaceAll(text, {{"b3BlbmluZw==", "b3BlbmluZw"}})).ok());
}

TEST(TlogProofTest, SizesAreBounded) {
  const auto with_hashes = [](size_t count) {
    return FormatTlogProof({"", 1, std::vector<Hash>(count, EmptyRoot()), "note"});
  };
  EXPECT_OK(ParseTlogProof(with_hashes(kMaxProofHashes)));
  EXPECT_FALSE(ParseTlogProof(with_hashes(kMaxProofHashes + 1)).ok());
  EXPECT_FALSE(ParseTlogProof(FormatTlogProof({"", 1, {}, std::string(kMaxProofBytes, 'x')})).ok());
  EXPECT_THAT(ParseTlogProof(absl::StrReplaceAll(with_hashes(1), {{"index 1", "index 9223372036854775808"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2^63")));
}

}  // namespace
}  // namespace tamga::ledger
