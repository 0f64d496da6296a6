#include "adapters/border_service/mrz.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/border_service/mrz_date.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::CivilDay kToday(2026, 11, 23);

struct Vector {
  std::string id, format;
  std::vector<std::string> lines;
  bool valid;
};

std::vector<Vector> Vectors() {
  const auto text = ReadFile(std::string(TAMGA_SOURCE_DIR) + "/tests/data/mrz/vectors.tsv");
  EXPECT_OK(text);
  std::vector<Vector> vectors;
  for (const absl::string_view row : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(row, '\t');
    if (cells[0] != "id") vectors.push_back({cells[0], cells[1], absl::StrSplit(cells[2], '|'), cells[3] == "valid"});
  }
  return vectors;
}

std::vector<std::string> Lines(absl::string_view id) {
  for (const Vector& vector : Vectors()) {
    if (vector.id == id) return vector.lines;
  }
  ADD_FAILURE() << "no vector " << id;
  return {};
}

// Names of the failed checks with what they say. Expiry is not judged unless asked for.
std::map<std::string, std::string> Failed(const std::vector<std::string>& lines) {
  const auto document = ReadMrz(lines, kToday);
  EXPECT_OK(document);
  std::map<std::string, std::string> failed;
  if (!document.ok()) return failed;
  for (const v1::DocumentCheck& check : document->checks) {
    if (!check.passed() && check.name() != "expiry date") failed[check.name()] = check.detail();
  }
  return failed;
}

TEST(Mrz, AgreesWithEveryPublishedVector) {
  const std::vector<Vector> vectors = Vectors();
  ASSERT_GE(vectors.size(), 33u);
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.id);
    const auto document = ReadMrz(vector.lines, kToday);
    if (vector.valid) {
      ASSERT_OK(document);
      EXPECT_EQ(MrzFormatName(document->format), vector.format);
      EXPECT_THAT(Failed(vector.lines), IsEmpty());
    } else if (document.ok()) {
      EXPECT_THAT(Failed(vector.lines), Not(IsEmpty()));
    }
  }
}

TEST(Mrz, ReadsAllFieldsOfAPassport) {
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(Lines("kaz-td3-iin"), kToday));
  EXPECT_EQ(document.document_code, "P");
  EXPECT_EQ(document.issuer, "KAZ");
  EXPECT_EQ(document.surname, "SERIKBAEV");
  EXPECT_EQ(document.given_names, "ERZHAN");
  EXPECT_EQ(document.number, "N12345678");
  EXPECT_EQ(document.nationality, "KAZ");
  EXPECT_EQ(document.born_on.ShortDebugString(), "year: 1985 month: 3 day: 17");
  EXPECT_EQ(document.sex, "M");
  EXPECT_EQ(document.expires_on.ShortDebugString(), "year: 2033 month: 5 day: 16");
  EXPECT_EQ(document.optional_data, "850317300129");
  EXPECT_EQ(document.checks.size(), 10u);
}

TEST(Mrz, ReadsBothOptionalFieldsOfACard) {
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(Lines("kaz-td1"), kToday));
  EXPECT_EQ(document.document_code, "ID");
  EXPECT_EQ(document.number, "012345678");
  EXPECT_EQ(document.optional_data, "850317300129");
  EXPECT_EQ(document.second_optional_data, "");
}

TEST(Mrz, ContinuesALongNumberInTheOptionalData) {
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(Lines("long-td1"), kToday));
  EXPECT_EQ(document.number, "D23145890734");
  EXPECT_EQ(document.optional_data, "");
  std::vector<std::string> lines = Lines("long-td1");
  lines[0][16] = '4';  // within the continuation
  EXPECT_THAT(Failed(lines), Contains(::testing::Key("document number check digit")));
}

TEST(Mrz, KeepsUnknownPartsUnknown) {
  ASSERT_OK_AND_ASSIGN(const MrzDocument partly, ReadMrz(Lines("uto-td3-unknown-dob"), kToday));
  EXPECT_EQ(partly.born_on.ShortDebugString(), "year: 1975");
  EXPECT_EQ(partly.sex, "");
  EXPECT_EQ(partly.surname, "NURMATOV");
  EXPECT_EQ(partly.given_names, "");
  ASSERT_OK_AND_ASSIGN(const MrzDocument wholly, ReadMrz(Lines("unk-td3"), kToday));
  EXPECT_EQ(wholly.born_on.ShortDebugString(), "");
}

TEST(Mrz, BecomesAQueryWordForWord) {
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(Lines("deu-td3"), kToday));
  EXPECT_EQ(ToTravellerQuery(document).ShortDebugString(),
            "surname: \"MUELLER\" given_names: \"ULRIKE\" born_on { year: 1964 month: 8 day: 12 } sex: \"F\" "
            "nationality: \"D\" document_number: \"C01X00T47\" document_issuer: \"D\"");
}

TEST(Mrz, ReportsExpiryOnTheDayAfterTheLast) {
  const auto lines = Lines("kaz-td3-iin");
  const auto expired = [&](absl::CivilDay today) {
    const auto document = ReadMrz(lines, today);
    return !document->checks.back().passed();
  };
  EXPECT_FALSE(expired(absl::CivilDay(2033, 5, 16)));
  EXPECT_TRUE(expired(absl::CivilDay(2033, 5, 17)));
}

TEST(Mrz, ShowsWhichMisreadingWouldExplainAWrongDigit) {
  std::vector<std::string> lines = Lines("icao-td3");
  lines[1][15] = 'O';  // for 0
  EXPECT_THAT(Failed(lines)["birth date check digit"], HasSubstr("; reading line 2 position 16 as 0 would fit"));
  lines = Lines("icao-td3");
  lines[1][19] = 'Z';  // for the digit 2
  EXPECT_THAT(Failed(lines)["birth date check digit"], HasSubstr("; reading line 2 position 20 as 2 would fit"));
  lines = Lines("icao-td3");
  lines[1][13] = '9';  // for 7, which is no known confusion
  EXPECT_THAT(Failed(lines)["birth date check digit"], HasSubstr("compare it with the printed data"));
  lines = Lines("icao-td3");
  lines[1][1] = 'B';  // for 8
  const auto failed = Failed(lines);
  EXPECT_THAT(failed.at("document number check digit"), HasSubstr("; reading line 2 position 2 as 8, or line 2"));
  EXPECT_THAT(failed, Contains(::testing::Key("composite check digit")));
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(lines, kToday));
  EXPECT_EQ(document.number, "LB98902C3") << "a misreading is never repaired";
}

TEST(Mrz, NamesALetterInADate) {
  std::vector<std::string> lines = Lines("icao-td3");
  lines[1][21] = 'Z';  // 1 of the expiry year
  ASSERT_OK_AND_ASSIGN(const MrzDocument document, ReadMrz(lines, kToday));
  EXPECT_THAT(document.checks.back().detail(), HasSubstr("line 2 positions 22 to 27"));
  EXPECT_EQ(document.expires_on.year(), 0u);
}

TEST(Mrz, ChecksCodesAndForm) {
  std::vector<std::string> lines = Lines("icao-td3");
  lines[0].replace(2, 3, "QQQ");
  EXPECT_EQ(Failed(lines).count("issuer code"), 1u);
  lines = Lines("icao-td3");
  lines[1].replace(10, 3, "U<O");
  EXPECT_EQ(Failed(lines).count("nationality code"), 1u);
  lines = Lines("icao-td3");
  lines[0][0] = 'Q';
  EXPECT_EQ(Failed(lines).count("zone format"), 1u);
  lines = Lines("icao-td3");
  lines[1][20] = 'X';
  EXPECT_EQ(Failed(lines).count("zone format"), 1u);
  lines = Lines("icao-td3");
  lines[0][6] = '0';
  EXPECT_EQ(Failed(lines).count("zone format"), 1u);
  lines = Lines("icao-td1");
  lines[0][0] = 'V';
  EXPECT_EQ(Failed(lines).count("zone format"), 1u);
}

TEST(Mrz, DetectsEveryExchangeOfOneDigit) {
  for (const char* id : {"icao-td3", "icao-td2", "icao-td1", "icao-mrva", "icao-mrvb", "kgz-td3"}) {
    const auto lines = Lines(id);
    const size_t line = lines.size() == 3 ? 0 : 1;
    for (size_t i = lines.size() == 3 ? 5 : 0; i < 28; ++i) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        auto changed = lines;
        const char as_printed = changed[line][i];
        if (as_printed < '0' || as_printed > '9' || as_printed == digit) continue;
        changed[line][i] = digit;
        EXPECT_THAT(Failed(changed), Not(IsEmpty())) << id << " position " << i + 1;
      }
    }
  }
}

TEST(Mrz, RefusesEveryCutAndExtension) {
  for (const char* id : {"icao-td3", "icao-td2", "icao-td1", "icao-mrva", "icao-mrvb"}) {
    const auto lines = Lines(id);
    for (size_t line = 0; line < lines.size(); ++line) {
      for (size_t length = 0; length <= lines[line].size() + 1; ++length) {
        auto changed = lines;
        changed[line].resize(length, '<');
        if (length == lines[line].size()) continue;
        EXPECT_THAT(ReadMrz(changed, kToday), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("characters")));
      }
    }
  }
  EXPECT_THAT(ReadMrz({}, kToday), HasReason("INVALID_FIELD"));
  EXPECT_THAT(ReadMrz({"", "", ""}, kToday), HasReason("INVALID_FIELD"));
  EXPECT_THAT(ReadMrz({Lines("icao-td3")[0]}, kToday), HasReason("INVALID_FIELD"));
}

TEST(Mrz, NamesThePlaceOfEveryForeignByte) {
  const auto lines = Lines("icao-td1");
  for (size_t line = 0; line < lines.size(); ++line) {
    for (size_t i = 0; i < lines[line].size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        auto changed = lines;
        changed[line][i] = static_cast<char>(byte);
        const auto document = ReadMrz(changed, kToday);
        const bool allowed = (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '<';
        ASSERT_EQ(document.ok(), allowed);
        if (allowed) continue;
        ASSERT_EQ(document.status().message(), absl::StrCat("mrz_lines: line ", line + 1, ", position ", i + 1,
                                                            ": only A-Z, 0-9 and < are allowed"));
      }
    }
  }
}

TEST(MrzDate, PlacesYearsInTheirCentury) {
  EXPECT_EQ(ReadMrzBirth("261123", kToday)->year(), 2026u);
  EXPECT_EQ(ReadMrzBirth("261124", kToday)->year(), 1926u) << "a birth is never in the future";
  EXPECT_EQ(ReadMrzBirth("26<<<<", kToday)->year(), 2026u);
  EXPECT_EQ(ReadMrzBirth("27<<<<", kToday)->year(), 1927u);
  EXPECT_EQ(ReadMrzExpiry("950712", kToday)->year(), 1995u);
  EXPECT_EQ(ReadMrzExpiry("760101", kToday)->year(), 1976u);
  EXPECT_EQ(ReadMrzExpiry("750101", kToday)->year(), 2075u);
  EXPECT_EQ(ReadMrzExpiry("050101", absl::CivilDay(2098, 1, 1))->year(), 2105u);
}

TEST(MrzDate, ReadsNothingFromWhatIsNoDate) {
  for (const char* field : {"740230", "7413<<", "74<<12", "7<0812", "7A0812", "740012", "740800"}) {
    EXPECT_FALSE(ReadMrzBirth(field, kToday).has_value()) << field;
    EXPECT_FALSE(ReadMrzExpiry(field, kToday).has_value()) << field;
  }
  EXPECT_TRUE(ReadMrzBirth("920229", kToday).has_value());
  EXPECT_FALSE(ReadMrzBirth("930229", kToday).has_value());
}

}  // namespace
}  // namespace tamga::adapters
