#include "policy/validate.h"

#include <ostream>

#include "node/base/matchers.h"
#include "policy/treaty_document.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

struct Fault {
  const char* name;
  const char* from;
  const char* to;
  const char* finding;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class ValidateTest : public testing::TestWithParam<Fault> {};

TEST_P(ValidateTest, FindsTheFault) {
  const auto result = ReadTreaty(With(SmallTreaty(), GetParam().from, GetParam().to), "t");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    Head, ValidateTest,
    testing::Values(Fault{"NoId", "id: \"SMALL\"", "", "t: id: must be 1 to 64 capital"},
                    Fault{"LowerCaseId", "\"SMALL\"", "\"Small\"", "t:1:1: id: must be"},
                    Fault{"IdWithSpace", "\"SMALL\"", "\"SMA LL\"", "t:1:1: id: must be"},
                    Fault{"NoVersion", "version: 1\n", "", "version: is required"},
                    Fault{"NoTitle", "A small treaty", " ", "t:3:1: title: is required"},
                    Fault{"NoCitation", "Nowhere, 1 January 2020", "", "t:4:1: citation: is required"},
                    Fault{"NoStatus", "text_status: TEXT_STATUS_OFFICIAL", "", "text_status: must be"},
                    Fault{"UnknownStatus", "TEXT_STATUS_OFFICIAL", "77", "t:5:1: text_status: must be"},
                    Fault{"ModelWithoutNote", "TEXT_STATUS_OFFICIAL", "TEXT_STATUS_MODEL", "text_note: is required"}),
    [](const testing::TestParamInfo<Fault>& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Parties, ValidateTest,
    testing::Values(
        Fault{"StateTooLong", "state: \"AAA\"", "state: \"AAAA\"", "t:6:11: parties[0].state: must be an ISO 3166"},
        Fault{"StateTwice", "state: \"BBB\"", "state: \"AAA\"", "parties[1].state: stands here a second time"},
        Fault{"NoSuchDay", "2020-01-01\" in", "2020-02-30\" in", "parties[1].in_force_from: must be a day"},
        Fault{"NoFrom", "in_force_from: \"2020-01-01\" agencies: \"AAA/police\"", "agencies: \"AAA/police\"",
              "t:6:1: parties[0].in_force_from: must be a day"},
        Fault{"UntilIsNoDay", "2030-01-01", "soon", "parties[1].in_force_until: must be a day"},
        Fault{"UntilNotAfterFrom", "2030-01-01", "2020-01-01", "in_force_until: must be later"},
        Fault{"NoAgencies", "agencies: \"BBB/police\"", "", "parties[1].state: has no agencies"},
        Fault{"AgencyOfAnother", "BBB/police", "AAA/police", "parties[1].agencies[0]: must be an agency of BBB"},
        Fault{"AgencyForm", "BBB/police", "BBB Police", "parties[1].agencies[0]: must name an agency"},
        Fault{"AgencyTwice", "AAA/border", "AAA/police", "parties[0].agencies[1]: stands here a second time"},
        Fault{"OnePartyOneAgency",
              "agencies: \"AAA/border\" }\nparties { state: \"BBB\" in_force_from: \"2020-01-01\" in_force_until: "
              "\"2030-01-01\" agencies: \"BBB/police\" }",
              "}", "has too few parties"}),
    [](const testing::TestParamInfo<Fault>& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rules, ValidateTest,
    testing::Values(
        Fault{"ArticleTwice", "number: \"2(b)\"", "number: \"1\"", "articles[1].number: stands here a second time"},
        Fault{"ArticleForm", "number: \"2(b)\"", "number: \"2 b\"", "articles[1].number: must be a number"},
        Fault{"ArticleEmpty", "Forbids.", "", "articles[1].summary: is required"},
        Fault{"NoCites", "  cites: \"1\"\n", "", "grants[0].id: cites no article"},
        Fault{"UnknownCite", "cites: \"2(b)\"", "cites: \"2(c)\"", "prohibitions[0].cites[0]: is not an article"},
        Fault{"SameRuleId", "id: \"asylum\"", "id: \"check\"", "prohibitions[0].id: stands here a second time"},
        Fault{"NoRuleId", "id: \"asylum\"", "", "prohibitions[0].id: must be 1 to 64 lower-case"},
        Fault{"AskerNoParty", "askers: \"AAA/police\"", "askers: \"CCC\"", "grants[0].scope.askers[0]: is neither"},
        Fault{"AskerNoAgency", "askers: \"AAA/police\"", "askers: \"AAA/pollice\"", "askers[0]: is neither a party"},
        Fault{"AnswererNoParty", "askers: \"AAA/police\"", "answerers: \"CCC\"", "scope.answerers[0]: is neither"},
        Fault{"FloorAsker", "scope { op", "scope { askers: \"CCC\" op", "prohibitions[0].scope.askers[0]: is neither"},
        Fault{"FloorAnswerer", "scope { op", "scope { answerers: \"C\" op", "prohibitions[0].scope.answerers[0]: must"},
        Fault{"NoKinds", "record_kinds: RECORD_KIND_WATCHLIST", "", "t:13:3: grants[0].scope: has no record_kinds"},
        Fault{"NoOperations", "    operations: OPERATION_WATCHLIST_CHECK\n", "", "grants[0].scope: has no operations"},
        Fault{"NoPurposes", "purposes: PURPOSE_BORDER_CHECK", "", "grants[0].scope: has no purposes"},
        Fault{"NoPurpose", "PURPOSE_BORDER_CHECK", "PURPOSE_UNSPECIFIED", "scope.purposes[0]: must be a known value"},
        Fault{"UnknownKind", "RECORD_KIND_WATCHLIST", "99", "scope.record_kinds[0]: must be a known value"},
        Fault{"UnknownOperation", "    operations: OPERATION_WATCHLIST_CHECK\n", "    operations: 3\n",
              "scope.operations[0]: must be a known value"},
        Fault{"NoRequest", "  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }\n", "",
              "grants[0].request.level: is required"},
        Fault{"NoReply", "reply { level: DISCLOSURE_LEVEL_REFERENCE }", "", "grants[0].reply.level: is required"},
        Fault{"CheckThatTellsNothing", "reply { level: DISCLOSURE_LEVEL_REFERENCE }",
              "reply { level: DISCLOSURE_LEVEL_NONE }", "grants[0].reply.level: tells nothing of a check"},
        Fault{"PartialOfNothing", "classes: DATA_CLASS_IDENTITY", "", "request.level: names no classes"},
        Fault{"ClassesBesideFull", "DISCLOSURE_LEVEL_PARTIAL", "DISCLOSURE_LEVEL_FULL", "classes[0]: belongs with"},
        Fault{"Safeguard", "DATA_CLASS_IDENTITY", "DATA_CLASS_SAFEGUARD", "request.classes[0]: must be a known class"},
        Fault{"NoClass", "DATA_CLASS_IDENTITY", "DATA_CLASS_UNSPECIFIED", "request.classes[0]: must be a known class"},
        Fault{"UnknownExcess", "classes: DATA_CLASS_IDENTITY", "classes: 4 on_excess: 9", "request.on_excess: must be"},
        Fault{"NoAttribute", "attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN", "", "prohibitions[0].when[0].attribute: must"},
        Fault{"ConditionUnknown", "TERNARY_YES", "TERNARY_UNSPECIFIED", "prohibitions[0].when[0].is: must be"},
        Fault{"ConditionMissing", "is: TERNARY_YES", "", "prohibitions[0].when[0].is: must be"},
        Fault{"AttributeTwice", "is: TERNARY_YES }",
              "is: TERNARY_YES } when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_NO }",
              "prohibitions[0].when[1].attribute: stands here a second time"}),
    [](const testing::TestParamInfo<Fault>& test) { return test.param.name; });

TEST(ValidateAllTest, CollectsEveryFindingOfAnEmptyTreaty) {
  Findings findings("empty");
  ValidateTreaty(v1::Treaty(), nullptr, &findings);
  const std::string message(findings.ToStatus().message());
  for (const char* finding : {"id: must be", "version: is required", "title: is", "citation: is", "text_status: must",
                              "text_note: is", "too few parties", "no articles", "neither grants nor prohibitions"}) {
    EXPECT_THAT(message, HasSubstr(finding));
  }
}

TEST(ValidateAllTest, AllowsADomesticAgreementAndAFloorTowardsOthers) {
  std::string text = With(SmallTreaty(), "scope { op", "scope { answerers: \"CCC\" answerers: \"DDD/police\" op");
  EXPECT_OK(ReadTreaty(text, "t"));
  const size_t second = text.find("parties { state: \"BBB\"");
  text.erase(second, text.find('\n', second) - second);
  EXPECT_OK(ReadTreaty(text, "t"));
}

}  // namespace
}  // namespace tamga::policy
