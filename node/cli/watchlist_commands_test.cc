#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class WatchlistCommandsTest : public NodeTest {};

// A list of one person whose record is in order, and one without a name.
constexpr char kList[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-11-01T00:00:00Z">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <DATAID>1</DATAID>
      <FIRST_NAME>AAAA</FIRST_NAME>
      <SECOND_NAME>BBBB</SECOND_NAME>
      <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
      <REFERENCE_NUMBER>QDi.999</REFERENCE_NUMBER>
      <LISTED_ON>2020-01-02</LISTED_ON>
    </INDIVIDUAL>
    <INDIVIDUAL>
      <DATAID>2</DATAID>
      <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
      <REFERENCE_NUMBER>QDi.998</REFERENCE_NUMBER>
      <LISTED_ON>2020-01-02</LISTED_ON>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES></ENTITIES>
</CONSOLIDATED_LIST>
)";

TEST_F(WatchlistCommandsTest, ImportSendsWhatCanBeReadAndListsTheRest) {
  ASSERT_OK(WriteFile(Path("list.xml"), kList));
  ASSERT_EQ(RunAsCaller({"watchlist", "import", "--format", "un-xml", Path("list.xml")}), 0) << err();
  ASSERT_EQ(watchlist_.imported.size(), 1u);
  EXPECT_EQ(watchlist_.imported[0].source(), "UN/security-council");
  ASSERT_EQ(watchlist_.imported[0].alerts_size(), 1);
  EXPECT_EQ(watchlist_.imported[0].alerts(0).alert_id(), "QDi.999");
  EXPECT_THAT(out(), HasSubstr("QDi.998"));
  EXPECT_THAT(err(), HasSubstr("Not taken in: 1"));
}

TEST_F(WatchlistCommandsTest, ADamagedListEndsWithTwo) {
  ASSERT_OK(WriteFile(Path("list.xml"), std::string(kList).substr(0, sizeof(kList) / 2)));
  EXPECT_EQ(RunAsCaller({"watchlist", "import", "--format", "un-xml", Path("list.xml")}), 2);
  EXPECT_EQ(RunAsCaller({"watchlist", "import", "--format", "un-xml", Path("none.xml")}), 2);
  EXPECT_EQ(RunAsCaller({"watchlist", "import", "--format", "csv", Path("list.xml")}), 2);
}

TEST_F(WatchlistCommandsTest, CheckHandsOnTheZoneAsItWasReadAndWhoAsksWhy) {
  ASSERT_EQ(RunAsCaller({"watchlist", "check", "--mrz", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                         "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "--ask", "KGZ/interior-ministry", "UZB/police",
                         "--purpose", "border-check", "--case-reference", "A-1", "--officer", "77", "--emergency",
                         "life-at-risk"}),
            0)
      << err();
  const v1::CheckTravellerRequest& checked = watchlist_.checked;
  EXPECT_THAT(checked.mrz_lines(), ElementsAre("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                                               "L898902C36UTO7408122F1204159ZE184226B<<<<<10"));
  EXPECT_FALSE(checked.has_traveller());
  EXPECT_THAT(checked.partners(), ElementsAre("KGZ/interior-ministry", "UZB/police"));
  EXPECT_EQ(checked.context().purpose(), v1::PURPOSE_BORDER_CHECK);
  EXPECT_EQ(checked.context().case_reference(), "A-1");
  EXPECT_EQ(checked.context().officer(), "77");
  EXPECT_EQ(checked.context().emergency_ground(), v1::EMERGENCY_GROUND_LIFE_AT_RISK);
  EXPECT_THAT(out(), HasSubstr("Advice: STOP\n"));
  EXPECT_THAT(out(), HasSubstr("KG-7"));
}

TEST_F(WatchlistCommandsTest, CheckShowsAnAnswerThatIsNotDisclosedAsSuch) {
  ASSERT_EQ(RunAsCaller({"watchlist", "check", "--surname", "ERIKSSON", "--ask", "UZB/police", "--purpose",
                         "border-check", "--case-reference", "A-1"}),
            0)
      << err();
  EXPECT_THAT(out(), ContainsRegex("UZB/police +NOT_DISCLOSED .*nothing is disclosed"));
  EXPECT_THAT(out(), Not(HasSubstr("NO_HIT")));
}

TEST_F(WatchlistCommandsTest, CheckTakesTypedFields) {
  ASSERT_EQ(RunAsCaller({"watchlist", "check", "--surname", "ERIKSSON", "--born", "1974-08", "--purpose",
                         "BORDER_CHECK", "--case-reference", "A-1"}),
            0)
      << err();
  EXPECT_EQ(watchlist_.checked.traveller().surname(), "ERIKSSON");
  EXPECT_EQ(watchlist_.checked.traveller().born_on().year(), 1974u);
  EXPECT_EQ(watchlist_.checked.traveller().born_on().month(), 8u);
  EXPECT_THAT(watchlist_.checked.mrz_lines(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace tamga::cli
