// What is the same for documents of every kind: how they are read.
#include "policy/read_text.h"

#include <functional>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/treaty_document.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A kind of document: a small one, and its reader.
struct Kind {
  const char* name;
  std::function<std::string()> text;
  std::function<absl::Status(absl::string_view)> read;
  const char* reason;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class DocumentTest : public testing::TestWithParam<Kind> {};

TEST_P(DocumentTest, IsRead) { EXPECT_OK(GetParam().read(GetParam().text())); }

TEST_P(DocumentTest, IsRefusedWithItsReasonWhenEmpty) {
  EXPECT_THAT(GetParam().read(""), HasReason(GetParam().reason));
}

TEST_P(DocumentTest, IsRefusedBeyondOneMebibyte) {
  std::string text = GetParam().text();
  text.append((1u << 20) - text.size(), '\n');
  EXPECT_OK(GetParam().read(text));
  EXPECT_THAT(GetParam().read(text + "\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("t:1:1: is 1048577 bytes long")));
}

struct Dirt {
  const char* text;
  const char* finding;
};

TEST_P(DocumentTest, HoldsNothingThatCannotBeSeen) {
  for (const Dirt& dirt : {Dirt{"#\r\n", "t:1:2: holds U+000D"}, Dirt{"#\t\n", "t:1:2: holds U+0009"},
                           Dirt{"# \u202e\n", "t:1:3: holds U+202E"}, Dirt{"# \u200b\n", "t:1:3: holds U+200B"},
                           Dirt{"# \u2066\n", "t:1:3: holds U+2066"}, Dirt{"\ufeff", "t:1:1: holds U+FEFF"},
                           Dirt{"# a\u0301\n", "t:1:1: is not in Unicode normal form C"},
                           Dirt{"# \xff\n", "t:1:1: is not valid UTF-8"}, Dirt{"# \\\n", "t:1:3: holds a backslash"}}) {
    const absl::Status status = GetParam().read(absl::StrCat(dirt.text, GetParam().text()));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(dirt.finding)));
    EXPECT_THAT(status, HasReason(GetParam().reason));
  }
}

TEST_P(DocumentTest, HoldsNoFieldThatIsNotKnown) {
  const absl::Status status = GetParam().read(absl::StrCat("colour: 1\n", GetParam().text()));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has no field named \"colour\"")));
}

TEST_P(DocumentTest, IsValidOrRefusedWhereverItIsCut) {
  const std::string text = GetParam().text();
  for (size_t length = 0; length < text.size(); ++length) {
    const absl::Status status = GetParam().read(text.substr(0, length));
    if (!status.ok()) {
      ASSERT_THAT(status, HasReason(GetParam().reason)) << length;
    }
  }
}

TEST_P(DocumentTest, IsValidOrRefusedWhicheverBitIsFlipped) {
  std::string text = GetParam().text();
  for (char& byte : text) {
    for (int bit = 0; bit < 8; ++bit) {
      byte = static_cast<char>(byte ^ (1 << bit));
      const absl::Status status = GetParam().read(text);
      if (!status.ok()) {
        ASSERT_THAT(status, HasReason(GetParam().reason)) << text;
      }
      byte = static_cast<char>(byte ^ (1 << bit));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, DocumentTest,
    testing::Values(
        Kind{"Treaty", TreatyText, [](absl::string_view text) { return ReadTreaty(text, "t").status(); },
             "TREATY_INVALID"},
        Kind{"Overlay", OverlayText, [](absl::string_view text) { return ReadOverlay(text, "t").status(); },
             "OVERLAY_INVALID"},
        Kind{"Instrument", ReservationText, [](absl::string_view text) { return ReadInstrument(text, "t").status(); },
             "INSTRUMENT_INVALID"},
        Kind{"Suite", SuiteText, [](absl::string_view text) { return ReadSuite(text, "t").status(); }, "SUITE_INVALID"},
        Kind{"TreatyOffice", OfficeText, [](absl::string_view text) { return ReadTreatyOffice(text, "t").status(); },
             "TREATY_OFFICE_INVALID"}),
    [](const testing::TestParamInfo<Kind>& test) { return test.param.name; });

TEST(ReadTextTest, RefusesMessagesNestedDeeperThanSixteen) {
  // None of our own messages can hold itself; this one can.
  const auto nested = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) absl::StrAppend(&text, "nested_type { ");
    for (int i = 0; i < levels; ++i) absl::StrAppend(&text, "} ");
    google::protobuf::DescriptorProto message;
    google::protobuf::TextFormat::ParseInfoTree places;
    Findings findings("t", "TREATY_INVALID");
    ReadText(text, &message, &places, &findings);
    return findings.ToStatus();
  };
  EXPECT_OK(nested(16));
  EXPECT_THAT(nested(17), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too deep")));
  EXPECT_THAT(nested(20000), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too deep")));
}

TEST(ReadTextTest, SuggestsTheFieldOrValueThatWasMeant) {
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), "version: 1", "verison: 1"), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("; did you mean version?")));
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), "TEXT_STATUS_OFFICIAL", "TEXT_STATUS_OFICIAL"), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("; did you mean TEXT_STATUS_OFFICIAL?")));
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), "ATTRIBUTE_ASYLUM_CLAIM_OPEN", "ASYLUM_CLAIM_OPEN"), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Unknown enumeration value")));
}

TEST(ReadTextTest, RefusesDatesThatPartiesOnceHad) {
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), "state: \"BBB\"", "state: \"BBB\" in_force_from: \"2020-01-01\""), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no field named \"in_force_from\"")));
}

TEST(FindingsTest, KeepsAHundredAndCountsTheRest) {
  Findings findings("t", "TREATY_INVALID");
  EXPECT_OK(findings.ToStatus());
  for (int i = 0; i < 105; ++i) findings.Add(i + 1, 1, "is wrong");
  EXPECT_THAT(findings.ToStatus(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("t:100:1: is wrong"), testing::Not(HasSubstr("t:101:1:")),
                                      testing::EndsWith("t: and 5 more findings"))));
}

}  // namespace
}  // namespace tamga::policy
