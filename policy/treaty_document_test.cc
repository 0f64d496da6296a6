#include "policy/treaty_document.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "policy/day.h"
#include "policy/document_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ReadTreatyTest, KeepsTheHashOfTheBytesAsTheyCame) {
  const std::string text = TreatyText();
  ASSERT_OK_AND_ASSIGN(const TreatyDocument document, ReadTreaty(text, "small.txtpb"));
  EXPECT_EQ(document.treaty.id(), "SMALL");
  EXPECT_EQ(document.file_name, "small.txtpb");
  EXPECT_EQ(document.sha256, Sha256(text));
  ASSERT_OK_AND_ASSIGN(const TreatyDocument commented, ReadTreaty(absl::StrCat("# note\n", text), "small.txtpb"));
  EXPECT_NE(commented.sha256, document.sha256);
}

TEST(ReadTreatyTest, LetsLettersOfAnyScriptIn) {
  EXPECT_OK(ReadTreaty(Changed(TreatyText(), "A small treaty", "Шағын шарт — қағаз №1 “ü”"), "t"));
}

struct BadText {
  const char* name;
  const char* from;
  const char* to;
  const char* message;  // its beginning
};

void PrintTo(const BadText& bad, std::ostream* out) { *out << bad.name; }

class ReadTreatyTextTest : public testing::TestWithParam<BadText> {};

TEST_P(ReadTreatyTextTest, IsRefusedWithItsPlace) {
  const auto result = ReadTreaty(Changed(TreatyText(), GetParam().from, GetParam().to), "t.txtpb");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(GetParam().message)));
  EXPECT_THAT(result, HasReason("TREATY_INVALID"));
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, ReadTreatyTextTest,
    testing::Values(
        BadText{"CarriageReturn", "version: 1\n", "version: 1\r\n", "t.txtpb:2:11: holds U+000D"},
        BadText{"Tab", "version: 1", "version:\t1", "t.txtpb:2:9: holds U+0009"},
        BadText{"RightToLeftOverride", "A small", "A \u202esmall", "t.txtpb:3:11: holds U+202E"},
        BadText{"BidiIsolate", "A small", "A \u2066small", "t.txtpb:3:11: holds U+2066"},
        BadText{"ZeroWidthSpace", "A small", "A \u200bsmall", "t.txtpb:3:11: holds U+200B"},
        BadText{"ZeroWidthJoiner", "A small", "A \u200dsmall", "t.txtpb:3:11: holds U+200D"},
        BadText{"ByteOrderMark", "id: \"SMALL\"", "\ufeffid: \"SMALL\"", "t.txtpb:1:1: holds U+FEFF"},
        BadText{"SoftHyphen", "A small", "A\u00adsmall", "t.txtpb:3:10: holds U+00AD"},
        BadText{"HangulFiller", "A small", "A\u3164small", "t.txtpb:3:10: holds U+3164"},
        BadText{"VariationSelector", "A small", "A\ufe0fsmall", "t.txtpb:3:10: holds U+FE0F"},
        BadText{"LineSeparator", "A small", "A\u2028small", "t.txtpb:3:10: holds U+2028"},
        BadText{"PrivateUse", "A small", "A\ue000small", "t.txtpb:3:10: holds U+E000"},
        BadText{"NextLineControl", "A small", "A\u0085small", "t.txtpb:3:10: holds U+0085"},
        BadText{"InComment", "version: 1", "version: 1  # \u202e", "t.txtpb:2:15: holds U+202E"},
        BadText{"Decomposed", "A small", "A sma\u0301ll", "t.txtpb:3:1: is not in Unicode normal form C"},
        BadText{"NotUtf8", "A small", "A \xff small", "t.txtpb:3:1: is not valid UTF-8"},
        BadText{"Latin1", "A small", "A sm\xe4ll", "t.txtpb:3:1: is not valid UTF-8"},
        BadText{"Escape", "A small", "A \\342\\200\\256small", "t.txtpb:3:11: holds a backslash"},
        BadText{"UnknownField", "version: 1", "version: 1 verison: 2", "t.txtpb:2:19: Message type"},
        BadText{"UnknownEnum", "TEXT_STATUS_OFFICIAL", "TEXT_STATUS_SEMIOFFICIAL", "t.txtpb:6:1: Unknown enumeration"},
        BadText{"FieldTwice", "version: 1", "version: 1 version: 2", "t.txtpb:2:19: Non-repeated field"},
        BadText{"FieldByNumber", "version: 1", "2: 1", "t.txtpb:2:1: Expected identifier"},
        BadText{"Unclosed", "summary: \"Forbids.\" }", "summary: \"Forbids.\"", "t.txtpb:11:10: Message type"},
        BadText{"Negative", "version: 1", "version: -1", "t.txtpb:2:10: Expected integer"}),
    [](const testing::TestParamInfo<BadText>& test) { return test.param.name; });

TEST(ReadTreatyTest, NamesEveryBadLine) {
  std::string text = Changed(TreatyText(), "A small", "A\u200bsmall");
  text = Changed(text, "Forbids.", "For\u202ebids.");
  EXPECT_THAT(ReadTreaty(text, "t"), StatusIs(absl::StatusCode::kInvalidArgument,
                                              testing::AllOf(HasSubstr("t:3:10: "), HasSubstr("\nt:10:40: "))));
}

TEST(ParseDayTest, TakesExistingDaysInOneFormOnly) {
  EXPECT_EQ(ParseDay("2017-08-10"), absl::FromCivil(absl::CivilDay(2017, 8, 10), absl::UTCTimeZone()));
  EXPECT_TRUE(ParseDay("2024-02-29").has_value());
  for (const char* bad :
       {"", "2023-02-29", "2017-8-10", "2017-13-01", "2017-00-01", "2017-01-00", "2017-01-32", "17-01-01", "2017/01/01",
        "2017-01-01 ", " 2017-01-01", "2017-01-01T00", "0000-01-01", "+017-01-01", "2017-+1-01", "20170101"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace tamga::policy
