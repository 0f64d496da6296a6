#include "adapters/partner_state/un_list.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text.h"

namespace tamga::adapters {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;

constexpr char kTrimmed[] = TAMGA_SOURCE_DIR "/adapters/partner_state/data/un_sc_consolidated_trimmed.xml";

struct Reading {
  absl::Status status;
  std::map<std::string, v1::Alert> alerts;
  std::vector<RejectedRow> rejected;
  UnListCounts counts;
};

Reading Read(std::istream& input) {
  Reading reading;
  reading.status = ReadUnList(input, {[&](v1::Alert alert) {
                                        reading.alerts[alert.alert_id()] = std::move(alert);
                                        return absl::OkStatus();
                                      },
                                      [&](const RejectedRow& row) { reading.rejected.push_back(row); },
                                      [&](const UnListCounts& counts) { reading.counts = counts; }});
  return reading;
}

Reading ReadText(const std::string& xml) {
  std::istringstream input(xml);
  return Read(input);
}

// A list of one individual.
Reading ReadIndividual(const std::string& elements) {
  return ReadText(absl::StrCat("<CONSOLIDATED_LIST><INDIVIDUALS>\n<INDIVIDUAL>", elements,
                               "</INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"));
}

Reading ReadTrimmed() {
  std::ifstream input(kTrimmed);
  return Read(input);
}

TEST(UnList, ReadsTheRealListAndSkipsEntities) {
  const Reading reading = ReadTrimmed();
  EXPECT_OK(reading.status);
  EXPECT_EQ(reading.counts.alerts, 43u);
  EXPECT_EQ(reading.alerts.size(), 43u);
  EXPECT_EQ(reading.counts.rejected, 0u);
  EXPECT_EQ(reading.counts.entities_skipped, 2u);
  for (const auto& [id, alert] : reading.alerts) {
    EXPECT_EQ(alert.issuer(), "UN/security-council");
    EXPECT_EQ(alert.category(), v1::ALERT_CATEGORY_SANCTION);
    EXPECT_FALSE(alert.action().empty());
    EXPECT_THAT(alert.legal_basis(), ::testing::StartsWith("UN Security Council "));
    EXPECT_THAT(alert.legal_basis(), ::testing::EndsWith(" " + id));
    EXPECT_TRUE(alert.has_listed_at());
    EXPECT_OK(CheckText("remarks", alert.remarks(), 1 << 20));
  }
}

TEST(UnList, KeepsNamesAliasesAndOriginalScript) {
  const v1::Alert alert = ReadTrimmed().alerts.at("QDi.290");
  EXPECT_EQ(alert.names(0).surname(), "UMAROV");
  EXPECT_EQ(alert.names(0).given_names(), "DOKU KHAMATOVICH");
  EXPECT_EQ(alert.names(1).full_name(), "Умаров Доку Хаматович");
  EXPECT_THAT(alert.names(), Contains(Property(&v1::PersonName::full_name, "Dokka Umarov")));
  EXPECT_EQ(alert.born_on_size(), 7) << "four of the person, three of aliases";
  EXPECT_EQ(alert.born_on(0).date().ShortDebugString(), "year: 1964 month: 4 day: 13");
}

TEST(UnList, SeparatesOriginalScriptFromAnAlias) {
  const Reading reading = ReadIndividual(
      "<DATAID>7</DATAID><FIRST_NAME>A</FIRST_NAME><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY>"
      "<ALIAS_NAME>Amir Khazmat (original script: Амир Хазмат)</ALIAS_NAME></INDIVIDUAL_ALIAS>");
  const v1::Alert& alert = reading.alerts.at("7");
  EXPECT_THAT(alert.names(), ElementsAre(Property(&v1::PersonName::full_name, "A"),
                                         Property(&v1::PersonName::full_name, "Amir Khazmat"),
                                         Property(&v1::PersonName::full_name, "Амир Хазмат")));
  EXPECT_THAT(alert.remarks(), HasSubstr("Low-quality aliases: Amir Khazmat"));
}

TEST(UnList, KeepsTheThreeKindsOfBirthDates) {
  const Reading reading = ReadIndividual(
      "<REFERENCE_NUMBER>X</REFERENCE_NUMBER><FIRST_NAME>A</FIRST_NAME>"
      "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1963</FROM_YEAR>"
      "<TO_YEAR>1968</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>"
      "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1970</YEAR></INDIVIDUAL_DATE_OF_BIRTH>"
      "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>"
      "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>Nov. 1973 </NOTE></INDIVIDUAL_DATE_OF_BIRTH>"
      "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE/></INDIVIDUAL_DATE_OF_BIRTH>");
  const v1::Alert& alert = reading.alerts.at("X");
  ASSERT_EQ(alert.born_on_size(), 3);
  EXPECT_EQ(alert.born_on(0).ShortDebugString(), "date { year: 1963 } until_year: 1968");
  EXPECT_EQ(alert.born_on(1).ShortDebugString(), "date { year: 1970 } approximate: true");
  EXPECT_EQ(alert.born_on(2).ShortDebugString(), "date { year: 1971 month: 2 day: 3 }");
  EXPECT_EQ(alert.remarks(), "Date of birth: Nov. 1973");
}

TEST(UnList, TurnsDocumentsIntoNumbersAndCodes) {
  const Reading reading = ReadIndividual(
      "<REFERENCE_NUMBER>X</REFERENCE_NUMBER><FIRST_NAME>A</FIRST_NAME><GENDER>Female</GENDER>"
      "<NATIONALITY><VALUE>Tunisia</VALUE></NATIONALITY><LISTED_ON>2011-03-10</LISTED_ON>"
      "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
      "<NUMBER>Russian foreign travel passport number 51 4448632</NUMBER>"
      "<ISSUING_COUNTRY>Russian Federation</ISSUING_COUNTRY><DATE_OF_ISSUE>2010-01-02</DATE_OF_ISSUE>"
      "</INDIVIDUAL_DOCUMENT>"
      "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT2>Passport</TYPE_OF_DOCUMENT2><NUMBER>A 1</NUMBER>"
      "<COUNTRY_OF_ISSUE>Atlantis</COUNTRY_OF_ISSUE></INDIVIDUAL_DOCUMENT><INDIVIDUAL_DOCUMENT/>");
  const v1::Alert& alert = reading.alerts.at("X");
  ASSERT_EQ(alert.documents_size(), 2);
  EXPECT_EQ(alert.documents(0).ShortDebugString(),
            "kind: \"Russian foreign travel passport\" number: \"514448632\" issuing_state: \"RUS\" "
            "issued_on { year: 2010 month: 1 day: 2 }");
  EXPECT_EQ(alert.documents(1).ShortDebugString(), "kind: \"Passport\" number: \"A1\" issuing_authority: \"Atlantis\"");
  EXPECT_EQ(alert.sex(), "F");
  EXPECT_EQ(alert.nationalities(0), "Tunisia");
  EXPECT_EQ(UtcText(FromProto(alert.listed_at())), "2011-03-10T00:00:00.000Z");
}

TEST(UnList, LeavesTheOffsetOffADayOfListing) {
  const Reading reading = ReadIndividual(
      "<REFERENCE_NUMBER>X</REFERENCE_NUMBER><FIRST_NAME>A</FIRST_NAME><LISTED_ON>2015-07-01-04:00</LISTED_ON>");
  EXPECT_EQ(UtcText(FromProto(reading.alerts.at("X").listed_at())), "2015-07-01T00:00:00.000Z");
}

TEST(UnList, RejectsWrongRowsByLineAndGoesOn) {
  const Reading reading = ReadText(
      "<CONSOLIDATED_LIST><INDIVIDUALS>\n"
      "<INDIVIDUAL><FIRST_NAME>NOREF</FIRST_NAME></INDIVIDUAL>\n"
      "<INDIVIDUAL><DATAID>2</DATAID></INDIVIDUAL>\n"
      "<INDIVIDUAL><DATAID>3</DATAID><FIRST_NAME>A</FIRST_NAME><INDIVIDUAL_DATE_OF_BIRTH><DATE>1971-02-30</DATE>"
      "</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>\n"
      "<INDIVIDUAL><DATAID>4</DATAID><FIRST_NAME>A</FIRST_NAME><LISTED_ON>yesterday</LISTED_ON></INDIVIDUAL>\n"
      "<INDIVIDUAL><DATAID>5</DATAID><FIRST_NAME>A</FIRST_NAME></INDIVIDUAL>\n"
      "</INDIVIDUALS></CONSOLIDATED_LIST>");
  EXPECT_OK(reading.status);
  EXPECT_EQ(reading.counts.alerts, 1u);
  ASSERT_EQ(reading.rejected.size(), 4u);
  EXPECT_EQ(reading.rejected[0].line, 2u);
  EXPECT_THAT(reading.rejected[0].reason, HasSubstr("REFERENCE_NUMBER"));
  EXPECT_EQ(reading.rejected[1].reference, "2");
  EXPECT_THAT(reading.rejected[1].reason, HasSubstr("FIRST_NAME"));
  EXPECT_THAT(reading.rejected[2].reason, HasSubstr("DATE"));
  EXPECT_THAT(reading.rejected[3].reason, HasSubstr("LISTED_ON"));
  EXPECT_THAT(reading.rejected[3].reason, ::testing::Not(HasSubstr("yesterday")));
}

TEST(UnList, DeliversWhatCameBeforeTheDamage) {
  std::string list = *ReadFile(kTrimmed);
  const Reading truncated = ReadText(list.substr(0, list.size() / 2));
  EXPECT_THAT(truncated.status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line")));
  EXPECT_GT(truncated.counts.alerts, 5u);
  EXPECT_LT(truncated.counts.alerts, 43u);
  EXPECT_EQ(truncated.counts.alerts, truncated.alerts.size());

  list[list.size() / 2] = '\xff';
  EXPECT_THAT(ReadText(list).status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line")));
}

TEST(UnList, RefusesOtherFiles) {
  for (const char* xml : {"", "{}", "<SDN_LIST/>", "<CONSOLIDATED_LIST><INDIVIDUALS><PERSON/></INDIVIDUALS>",
                          "<!DOCTYPE CONSOLIDATED_LIST><CONSOLIDATED_LIST/>"}) {
    EXPECT_THAT(ReadText(xml).status, StatusIs(absl::StatusCode::kInvalidArgument)) << xml;
  }
}

}  // namespace
}  // namespace tamga::adapters
