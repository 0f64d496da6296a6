#include "adapters/partner_state/xml_records.h"

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kList[] = "<L>\n <G>\n  <R><A> x\n y </A><A>z</A></R>\n  <R/>\n </G>\n</L>\n";

absl::Status Read(const std::string& xml, std::vector<std::string>* records = nullptr) {
  std::istringstream input(xml);
  return ReadXmlRecords(input, "L", [&](uint64_t line, const XmlElement& record) {
    if (records != nullptr) records->push_back(absl::StrCat(line, ":", record.name, ":", record.Text("A")));
    return absl::OkStatus();
  });
}

TEST(XmlRecords, GivesEachRecordWithItsLine) {
  std::vector<std::string> records;
  EXPECT_OK(Read(kList, &records));
  EXPECT_THAT(records, ElementsAre("3:R:x y", "5:R:"));
}

TEST(XmlRecords, GivesTheRecordsBeforeTheEndOfATruncatedFile) {
  const std::string list = kList;
  for (size_t length = 0; length < list.size() - 1; ++length) {
    std::vector<std::string> records;
    EXPECT_THAT(Read(list.substr(0, length), &records), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line")))
        << length;
    EXPECT_EQ(records.size(), (length >= list.find("</R>") + 4) + (length >= list.find("<R/>") + 4)) << length;
  }
}

TEST(XmlRecords, RefusesADoctypeBeforeAnyEntityCanGrow) {
  std::string bomb = "<!DOCTYPE L [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 20; ++i) {
    absl::StrAppend(&bomb, "<!ENTITY a", i, " \"&a", i - 1, ";&a", i - 1, ";\">");
  }
  absl::StrAppend(&bomb, "]>\n<L><G><R><A>&a19;</A></R></G></L>");
  EXPECT_THAT(Read(bomb), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("DOCTYPE")));
  EXPECT_THAT(Read("<!DOCTYPE L SYSTEM \"file:///etc/passwd\"><L/>"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("DOCTYPE")));
  EXPECT_THAT(Read("<L><G><R><A>&x;</A></R></G></L>"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(XmlRecords, RefusesAnotherRoot) {
  EXPECT_THAT(Read("<M><G><R/></G></M>"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be L")));
}

TEST(XmlRecords, BoundsTextsRecordsAndDepth) {
  const auto with_text = [](size_t size) { return "<L><G><R><A>" + std::string(size, 'x') + "</A></R></G></L>"; };
  EXPECT_OK(Read(with_text(kMaxXmlTextBytes)));
  EXPECT_THAT(Read(with_text(kMaxXmlTextBytes + 1)), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bytes")));

  std::string large = "<L><G><R>";
  for (size_t i = 0; i <= kMaxXmlRecordBytes / 60'000; ++i) {
    absl::StrAppend(&large, "<A>", std::string(60'000, 'x'), "</A>");
  }
  EXPECT_THAT(Read(large + "</R></G></L>"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("record")));

  std::string many = "<L><G><R>";
  for (size_t i = 0; i < kMaxXmlRecordElements; ++i) many += "<A/>";
  EXPECT_THAT(Read(many + "</R></G></L>"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("elements")));

  std::string deep = "<L>";
  for (size_t i = 0; i < kMaxXmlDepth; ++i) deep += "<A>";
  EXPECT_THAT(Read(deep), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deeply")));
}

TEST(XmlRecords, RefusesInvalidUtf8WithItsLineWhateverTheDeclarationSays) {
  const std::string latin1 = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<L><G>\n<R><A>\xe9</A></R></G></L>";
  EXPECT_THAT(Read(latin1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 3")));
}

TEST(XmlRecords, ReadsRecordsAcrossChunksAndWithoutBoundOnTheirNumber) {
  std::string list = "<L><G>";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&list, "<R><A>", i, "</A></R>\n");
  std::vector<std::string> records;
  EXPECT_OK(Read(list + "</G></L>", &records));
  ASSERT_EQ(records.size(), 20'000u);
  EXPECT_EQ(records.back(), "20000:R:19999");
}

TEST(XmlRecords, StopsWithTheErrorOfTheSink) {
  int calls = 0;
  std::istringstream input(kList);
  const absl::Status status = ReadXmlRecords(input, "L", [&](uint64_t, const XmlElement&) {
    ++calls;
    return absl::ResourceExhaustedError("full");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, "full"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tamga::adapters
