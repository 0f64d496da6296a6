#include "node/ledger/note.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/test_ed25519.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

using ::testing::HasSubstr;

// Calls `check` with `text` damaged in every way: each bit flipped, cut at each length, one byte more.
template <typename Check>
void ForEachDamage(const std::string& text, Check check) {
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    SCOPED_TRACE(absl::StrCat("bit ", bit, " flipped"));
    check(damaged);
  }
  for (size_t size = 0; size < text.size(); ++size) {
    SCOPED_TRACE(absl::StrCat("cut to ", size));
    check(text.substr(0, size));
  }
  for (const char* more : {" ", "\n", "x", "="}) check(text + more);
}

std::string TrimmedVector(absl::string_view name) { return absl::StrReplaceAll(ReadVector(name), {{"\n", ""}}); }

TEST(NoteTest, ThePublishedExampleVerifies) {
  ASSERT_OK_AND_ASSIGN(const NoteKey key, ParseVkey(TrimmedVector("signed-note-example.vkey")));
  EXPECT_EQ(key.name, "example.com/foo");
  ASSERT_OK_AND_ASSIGN(const Note note, OpenNote(ReadVector("signed-note-example.txt"), key, certs::VerifyEd25519));
  EXPECT_EQ(note.text, "This is an example message.\n");
  EXPECT_EQ(FormatNote(note), ReadVector("signed-note-example.txt"));
}

TEST(NoteTest, EveryDamagedNoteIsRefused) {
  const NoteKey key = ParseVkey(TrimmedVector("signed-note-example.vkey")).value();
  ForEachDamage(ReadVector("signed-note-example.txt"),
                [&](const std::string& damaged) { EXPECT_FALSE(OpenNote(damaged, key, certs::VerifyEd25519).ok()); });
}

TEST(NoteTest, EachTextThatParsesIsTheOneTextOfItsNote) {
  ForEachDamage(ReadVector("golden-70000/checkpoint"), [](const std::string& damaged) {
    const absl::StatusOr<Note> note = ParseNote(damaged);
    if (!note.ok()) return;
    EXPECT_EQ(FormatNote(*note), damaged);
  });
}

TEST(NoteTest, SignsAsTheIndependentGeneratorDid) {
  const std::string golden = ReadVector("golden-70000/checkpoint");
  const TestLogKey key("log.interior.kg.example/exchange/1");
  EXPECT_EQ(absl::StrCat(FormatVkey(key.key()), "\n"),
            ReadVector("golden-70000/vkeys").substr(0, FormatVkey(key.key()).size() + 1));
  const Note note = ParseNote(golden).value();
  ASSERT_EQ(note.signatures.size(), 3u);
  const Note own = ParseNote(SignNote(note.text, key.key(), key.signer())).value();
  EXPECT_EQ(own.signatures[0].signature, note.signatures[0].signature);
  EXPECT_EQ(own.signatures[0].key_id, note.signatures[0].key_id);
}

TEST(NoteTest, ForeignSignaturesAreIgnoredButAWrongOneOfTheKeyIsNot) {
  const TestLogKey one("one.example");
  const TestLogKey two("two.example");
  Note note = ParseNote(SignNote("text\n", one.key(), one.signer())).value();
  note.signatures.push_back({"two.example", two.key().Id(), std::string(64, 'x')});
  EXPECT_OK(OpenNote(FormatNote(note), one.key(), certs::VerifyEd25519));
  EXPECT_THAT(OpenNote(FormatNote(note), two.key(), certs::VerifyEd25519),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("does not verify")));
  note.signatures[1] = {"one.example", one.key().Id(), std::string(64, 'x')};
  EXPECT_THAT(OpenNote(FormatNote(note), one.key(), certs::VerifyEd25519),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("does not verify")));
  EXPECT_THAT(OpenNote(FormatNote(note), TestLogKey("three.example").key(), certs::VerifyEd25519),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not signed by three.example")));
}

struct BadNote {
  const char* name;
  std::string text;
};

class BadNoteTest : public ::testing::TestWithParam<BadNote> {};

TEST_P(BadNoteTest, IsRefused) {
  EXPECT_THAT(ParseNote(GetParam().text), StatusIs(absl::StatusCode::kInvalidArgument));
}

constexpr char kLine[] = "\xE2\x80\x94 name AAAAAAA=\n";

INSTANTIATE_TEST_SUITE_P(All, BadNoteTest,
                         ::testing::Values(BadNote{"Empty", ""}, BadNote{"NoSignature", "text\n\n"},
                                           BadNote{"NoSeparator", absl::StrCat("text\n", kLine)},
                                           BadNote{"ControlCharacter", absl::StrCat("te\rxt\n\n", kLine)},
                                           BadNote{"NotUtf8", absl::StrCat("te\xfft\n\n", kLine)},
                                           BadNote{"ShortSignature", "text\n\n\xE2\x80\x94 name AAAAAA==\n"},
                                           BadNote{"UnpaddedBase64", "text\n\n\xE2\x80\x94 name AAAAAAA\n"},
                                           BadNote{"TrailingBits", "text\n\n\xE2\x80\x94 name AAAAAAB=\n"},
                                           BadNote{"PlusInName", "text\n\n\xE2\x80\x94 na+me AAAAAAA=\n"},
                                           BadNote{"TwoSpaces", "text\n\n\xE2\x80\x94 name  AAAAAAA=\n"},
                                           BadNote{"TooLong",
                                                   absl::StrCat(std::string(kMaxNoteBytes, 'x'), "\n\n", kLine)}),
                         [](const auto& param) { return param.param.name; });

TEST(NoteTest, TheNumberOfSignaturesIsBounded) {
  std::string note = "text\n\n";
  for (size_t i = 0; i < kMaxNoteSignatures; ++i) note += kLine;
  EXPECT_EQ(ParseNote(note).value().signatures.size(), kMaxNoteSignatures);
  EXPECT_FALSE(ParseNote(note + kLine).ok());
}

TEST(VkeyTest, EveryDamagedVkeyIsRefused) {
  const std::string vkey = TrimmedVector("signed-note-example.vkey");
  EXPECT_EQ(FormatVkey(ParseVkey(vkey).value()), vkey);
  ForEachDamage(vkey, [](const std::string& damaged) { EXPECT_FALSE(ParseVkey(damaged).ok()); });
  // A witness's key is of another signature type.
  const std::string vkeys = ReadVector("golden-70000/vkeys");
  const std::string witness = vkeys.substr(vkeys.find('\n') + 1);
  EXPECT_THAT(ParseVkey(witness.substr(0, witness.find('\n'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0x01")));
}

TEST(CheckpointTest, TheLogsOfOthersAreRead) {
  const NoteKey key = ParseVkey(TrimmedVector("tessera-testdata-log/vkey")).value();
  for (uint64_t size = 0; size <= 15; ++size) {
    const std::string note = ReadVector(absl::StrCat("tessera-testdata-log/checkpoint.", size));
    ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, OpenCheckpoint(note, key, certs::VerifyEd25519));
    EXPECT_EQ(checkpoint.size, size);
    EXPECT_EQ(FormatCheckpoint(checkpoint), ParseNote(note).value().text);
  }
}

TEST(CheckpointTest, TheOriginMustBeTheKeysName) {
  const TestLogKey key("one.example");
  const std::string text = FormatCheckpoint({"two.example", 0, EmptyRoot()});
  EXPECT_THAT(OpenCheckpoint(SignNote(text, key.key(), key.signer()), key.key(), certs::VerifyEd25519),
              HasReason("INVALID_FIELD"));
}

TEST(CheckpointTest, EachTextThatParsesIsTheOneTextOfItsCheckpoint) {
  const std::string text = ParseNote(ReadVector("golden-70000/checkpoint")).value().text;
  int parsed = 0;
  ForEachDamage(text, [&](const std::string& damaged) {
    const absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(damaged);
    if (!checkpoint.ok()) return;
    ++parsed;
    EXPECT_EQ(FormatCheckpoint(*checkpoint), damaged);
  });
  EXPECT_GT(parsed, 0);  // a flipped bit of the root is another root
}

TEST(CheckpointTest, ExtensionLinesAndOddNumbersAreRefused) {
  const std::string root = Base64Encode(EmptyRoot().bytes());
  EXPECT_OK(ParseCheckpoint(absl::StrCat("origin\n0\n", root, "\n")));
  EXPECT_OK(ParseCheckpoint(absl::StrCat("origin\n9223372036854775807\n", root, "\n")));
  EXPECT_FALSE(ParseCheckpoint(absl::StrCat("origin\n0\n", root, "\nextension\n")).ok());
  for (const char* size : {"", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "9223372036854775808"}) {
    EXPECT_THAT(ParseCheckpoint(absl::StrCat("origin\n", size, "\n", root, "\n")), HasReason("INVALID_FIELD")) << size;
  }
  EXPECT_FALSE(ParseCheckpoint("origin\n0\nAAAA\n").ok());
  EXPECT_FALSE(ParseCheckpoint(absl::StrCat("\n0\n", root, "\n")).ok());
}

}  // namespace
}  // namespace tamga::ledger
