#include "node/ledger/cosignature.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/test_ed25519.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kGoldenTime = 1'790'000'000;

const TestLogKey kLog("log.interior.kg.example/exchange/1");
const TestLogKey kWitness("witness.border.kz.example/w1", kCosignature);

std::string Golden() { return ReadVector("golden-70000/checkpoint"); }

TEST(CosignatureTest, TheGoldenCosignaturesVerify) {
  ASSERT_OK_AND_ASSIGN(const Note note, OpenNote(Golden(), kLog.key(), certs::VerifyEd25519));
  const std::vector<std::string> vkeys = absl::StrSplit(ReadVector("golden-70000/vkeys"), '\n');
  for (const std::string& vkey : {vkeys[1], vkeys[2]}) {
    ASSERT_OK_AND_ASSIGN(const NoteKey witness, ParseVkey(vkey, kCosignature));
    EXPECT_EQ(FormatVkey(witness), vkey);
    ASSERT_OK_AND_ASSIGN(const uint64_t time, CosignedAt(note, witness, certs::VerifyEd25519));
    EXPECT_EQ(time, kGoldenTime);
  }
}

TEST(CosignatureTest, CosignsAsTheIndependentGeneratorDid) {
  const Note note = ParseNote(Golden()).value();
  const NoteSignature made = Cosign(note.text, kWitness.key(), kGoldenTime, kWitness.signer());
  EXPECT_EQ(FormatSignature(made), FormatSignature(note.signatures[1]));
}

TEST(CosignatureTest, EveryFlippedBitIsRefused) {
  const Note note = ParseNote(Golden()).value();
  for (size_t bit = 0; bit < 8 * note.signatures[1].signature.size(); ++bit) {
    Note damaged = note;
    std::string& signature = damaged.signatures[1].signature;
    signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(CosignedAt(damaged, kWitness.key(), certs::VerifyEd25519),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(CosignatureTest, ACosignatureOfAnotherLengthOrTimeIsRefused) {
  const Note note = ParseNote(Golden()).value();
  for (const size_t size : {1, 63, 64, 71, 73}) {
    Note damaged = note;
    damaged.signatures[1].signature.resize(size);
    EXPECT_THAT(CosignedAt(damaged, kWitness.key(), certs::VerifyEd25519),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  Note late = note;
  late.signatures[1] =
      Cosign(note.text, kWitness.key(), uint64_t{std::numeric_limits<int64_t>::max()} + 1, kWitness.signer());
  EXPECT_THAT(CosignedAt(late, kWitness.key(), certs::VerifyEd25519), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CosignatureTest, ANoteWithoutTheWitnessIsNotCosignedByIt) {
  Note note = ParseNote(Golden()).value();
  note.signatures.resize(1);
  EXPECT_THAT(CosignedAt(note, kWitness.key(), certs::VerifyEd25519), StatusIs(absl::StatusCode::kNotFound));
  // The same key as a log's is another key.
  NoteKey as_log = kWitness.key();
  as_log.type = kEd25519;
  EXPECT_NE(as_log.Id(), kWitness.key().Id());
}

TEST(CosignatureTest, OfTwoCosignaturesTheLaterCountsAndBothMustVerify) {
  Note note = ParseNote(Golden()).value();
  note.signatures.push_back(Cosign(note.text, kWitness.key(), kGoldenTime + 5, kWitness.signer()));
  ASSERT_OK_AND_ASSIGN(const uint64_t time, CosignedAt(note, kWitness.key(), certs::VerifyEd25519));
  EXPECT_EQ(time, kGoldenTime + 5);
  note.signatures.back().signature.back() ^= 1;
  EXPECT_FALSE(CosignedAt(note, kWitness.key(), certs::VerifyEd25519).ok());
}

TEST(CosignatureTest, AWitnessKeyIsNoLogKey) {
  const std::string witness = FormatVkey(kWitness.key());
  const std::string log = FormatVkey(kLog.key());
  EXPECT_THAT(ParseVkey(witness), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("0x01")));
  EXPECT_THAT(ParseVkey(log, kCosignature), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("0x04")));
}

TEST(CosignatureTest, LinesOfSignaturesHaveOneText) {
  const Note note = ParseNote(Golden()).value();
  const std::string lines = absl::StrCat(FormatSignature(note.signatures[1]), FormatSignature(note.signatures[2]));
  ASSERT_OK_AND_ASSIGN(const std::vector<NoteSignature> parsed, ParseSignatures(lines));
  EXPECT_EQ(parsed.size(), 2u);
  for (const std::string& bad : {std::string(), lines.substr(0, lines.size() - 1), lines + "\n", "\n" + lines}) {
    EXPECT_THAT(ParseSignatures(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

}  // namespace
}  // namespace tamga::ledger
