// What the rules of a document must be.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/treaty_document.h"

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

std::string NameOf(const testing::TestParamInfo<Fault>& test) { return test.param.name; }

class RuleFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(RuleFaultTest, IsFound) {
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), GetParam().from, GetParam().to), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
}

constexpr char kAsylum[] = "cites: \"2(b)\"\n  scope { operations";
constexpr char kMinors[] = "cites: \"3\"\n  when";
constexpr char kKeep[] = "cites: \"3\"\n  obligation";
constexpr char kNever[] = "cites: \"2(b)\"\n  scope { record_kinds";

INSTANTIATE_TEST_SUITE_P(
    Heads, RuleFaultTest,
    testing::Values(
        Fault{"NoCites", "  cites: \"1\"\n", "", "grants[0].id: cites no article"},
        Fault{"UnknownCite", kAsylum, "cites: \"2(c)\" scope { operations",
              "is not an article of this document: 2(c); "
              "did you mean 2(b)?"},
        Fault{"CiteTwice", "  cites: \"1\"\n", "  cites: \"1\" cites: \"1\"\n", "grants[0].cites[1]: stands here"},
        Fault{"CeilingCite", kMinors, "cites: \"4\" when", "ceilings[0].cites[0]: is not an article"},
        Fault{"DutyWithoutCite", kKeep, "obligation", "duties[0].id: cites no article"},
        Fault{"InvariantWithoutCite", kNever, "scope { record_kinds", "invariants[0].id: cites no article"},
        Fault{"InvariantCite", kNever, "cites: \"7\" scope { record_kinds", "invariants[0].cites[0]: is not"},
        Fault{"SameRuleId", "id: \"asylum\"", "id: \"check\"", "prohibitions[0].id: stands here a second time"},
        Fault{"SameIdAcrossKinds", "id: \"keep\"", "id: \"check\"", "duties[0].id: stands here a second time"},
        Fault{"NoRuleId", "id: \"asylum\"", "", "prohibitions[0].id: must be 1 to 64 lower-case"},
        Fault{"InvariantId", "id: \"never\"", "id: \"Never\"", "invariants[0].id: must be 1 to 64 lower-case"},
        Fault{"AskerNoParty", "askers: \"AAA/police\"", "askers: \"CCC\"", "grants[0].scope.askers[0]: is neither"},
        Fault{"AskerNoAgency", "askers: \"AAA/police\"", "askers: \"AAA/pollice\"",
              "askers[0]: is neither a party nor a party's agency in this document: AAA/pollice; did you mean "
              "AAA/police?"},
        Fault{"AskerTwice", "askers: \"AAA/police\"", "askers: \"AAA\" askers: \"AAA\"", "askers[1]: stands here"},
        Fault{"AnswererNoParty", "askers: \"AAA/police\"", "answerers: \"CCC\"", "scope.answerers[0]: is neither"},
        Fault{"FloorAsker", "scope { op", "scope { askers: \"CCC\" op", "prohibitions[0].scope.askers[0]: is neither"},
        Fault{"FloorAnswerer", "scope { op", "scope { answerers: \"C\" op", "prohibitions[0].scope.answerers[0]: must"},
        Fault{"FloorAgency", "scope { op", "scope { answerers: \"BBB/polise\" op", "did you mean BBB/police?"},
        Fault{"NoKinds", "    record_kinds: RECORD_KIND_WATCHLIST\n", "", "grants[0].scope: has no record_kinds"},
        Fault{"NoOperations", "    operations: OPERATION_WATCHLIST_CHECK\n", "", "grants[0].scope: has no operations"},
        Fault{"NoPurposes", "purposes: PURPOSE_BORDER_CHECK", "", "t:15:3: grants[0].scope: has no purposes"},
        Fault{"NoPurpose", "PURPOSE_BORDER_CHECK", "PURPOSE_UNSPECIFIED", "scope.purposes[0]: must be a known value"},
        Fault{"UnknownKind", "RECORD_KIND_WATCHLIST", "99", "scope.record_kinds[0]: must be a known value"},
        Fault{"UnknownOperation", "    operations: OPERATION_WATCHLIST_CHECK\n", "    operations: 99\n",
              "scope.operations[0]: must be a known value"},
        Fault{"PurposeTwice", "purposes: PURPOSE_BORDER_CHECK",
              "purposes: PURPOSE_BORDER_CHECK purposes: PURPOSE_BORDER_CHECK", "purposes[1]: stands here"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Disclosures, RuleFaultTest,
    testing::Values(
        Fault{"NoRequest", "  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }\n", "",
              "grants[0].request.level: is required"},
        Fault{"NoReply", "reply { level: DISCLOSURE_LEVEL_REFERENCE }", "", "grants[0].reply.level: is required"},
        Fault{"PartialOfNothing", "classes: DATA_CLASS_IDENTITY", "", "request.level: names no classes"},
        Fault{"ClassesBesideFull", "DISCLOSURE_LEVEL_PARTIAL", "DISCLOSURE_LEVEL_FULL", "classes[0]: belongs with"},
        Fault{"Safeguard", "DATA_CLASS_IDENTITY", "DATA_CLASS_SAFEGUARD", "request.classes[0]: must be a known class"},
        Fault{"NoClass", "DATA_CLASS_IDENTITY", "DATA_CLASS_UNSPECIFIED", "request.classes[0]: must be a known class"},
        Fault{"ClassTwice", "DATA_CLASS_IDENTITY", "DATA_CLASS_ROUTE classes: DATA_CLASS_ROUTE", "classes[1]: stands"},
        Fault{"UnknownExcess", "classes: DATA_CLASS_IDENTITY", "classes: 4 on_excess: 9", "request.on_excess: must be"},
        Fault{"Full", "level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY", "level: DISCLOSURE_LEVEL_FULL",
              "t:12:1: grants[0].justification: is required"},
        Fault{"FullReply", "DISCLOSURE_LEVEL_REFERENCE", "DISCLOSURE_LEVEL_FULL", "justification: is required"},
        Fault{"Belief", "DATA_CLASS_IDENTITY", "DATA_CLASS_BELIEF", "justification: is required"},
        Fault{"Circumstance", "DATA_CLASS_IDENTITY", "DATA_CLASS_CIRCUMSTANCE", "justification: is required"},
        Fault{"VictimIdentity", "DATA_CLASS_IDENTITY", "DATA_CLASS_VICTIM_IDENTITY", "justification: is required"},
        Fault{"VictimContact", "DATA_CLASS_IDENTITY", "DATA_CLASS_VICTIM_CONTACT", "justification: is required"},
        Fault{"VictimState", "DATA_CLASS_IDENTITY", "DATA_CLASS_VICTIM_CIRCUMSTANCE", "justification: is required"},
        Fault{"BlankJustification", "classes: DATA_CLASS_IDENTITY }",
              "classes: DATA_CLASS_BELIEF } justification: \" \"", "justification: is required"},
        Fault{"CheckWithoutAnswer", "DISCLOSURE_LEVEL_REFERENCE", "DISCLOSURE_LEVEL_NONE",
              "grants[0].reply.level: lets out no answer to a check"},
        Fault{"CeilingOfNothing", "  reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }\n", "",
              "ceilings[0].id: limits nothing"},
        Fault{"CeilingWithoutLevel", "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }", "reply { }",
              "ceilings[0].reply.level: is required"},
        Fault{"CeilingRequest", "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }",
              "request { level: DISCLOSURE_LEVEL_PARTIAL }", "ceilings[0].request.level: names no classes"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Conditions, RuleFaultTest,
    testing::Values(
        Fault{"NoAttribute", "attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN", "", "prohibitions[0].when[0].attribute: must"},
        Fault{"AttributeFromTheFuture", "ATTRIBUTE_ASYLUM_CLAIM_OPEN", "99", "when[0].attribute: must be a known"},
        Fault{"FlagUnknown", "TERNARY_YES", "TERNARY_UNSPECIFIED", "prohibitions[0].when[0].is: must be"},
        Fault{"FlagFromTheFuture", "TERNARY_YES", "7", "prohibitions[0].when[0].is: must be"},
        Fault{"FlagMissing", "is: TERNARY_YES", "", "prohibitions[0].when[0].is: must be"},
        Fault{"FlagAsNumber", "is: TERNARY_YES", "at_least: 1", "when[0].at_least: does not suit the attribute"},
        Fault{"FlagAsNumberToo", "is: TERNARY_YES", "is: TERNARY_YES at_most: 1", "when[0].at_most: does not suit"},
        Fault{"FlagAsChoice", "is: TERNARY_YES", "any_of: \"YES\"", "when[0].any_of[0]: does not suit"},
        Fault{"AttributeTwice", "is: TERNARY_YES }",
              "is: TERNARY_YES } when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_NO }",
              "prohibitions[0].when[1].attribute: stands here a second time"},
        Fault{"ChoiceMisspelt", "any_of: \"OFFICER\"", "any_of: \"OFICER\"",
              "grants[0].when[0].any_of[0]: is no value of the attribute; did you mean OFFICER?"},
        Fault{"ChoiceInvented", "any_of: \"OFFICER\"", "any_of: \"KING\"",
              "any_of[0]: must be one of SYSTEM, OFFICER, NODE, AUDITOR, OPERATOR"},
        Fault{"ChoiceTwice", "any_of: \"OFFICER\"", "any_of: \"SYSTEM\"", "any_of[1]: stands here a second time"},
        Fault{"BothChoiceTests", "any_of: \"SYSTEM\"", "none_of: \"SYSTEM\"",
              "when[0].attribute: is a choice; test it with either any_of or none_of"},
        Fault{"NoChoiceTest", "any_of: \"OFFICER\" any_of: \"SYSTEM\"", "", "is a choice; test it with either"},
        Fault{"ChoiceAsFlag", "any_of: \"OFFICER\"", "is: TERNARY_YES any_of: \"OFFICER\"", "when[0].is: does not"},
        Fault{"NumberTooHigh", "at_most: 17", "at_most: 151", "when[0].at_most: must be from 0 to 150"},
        Fault{"NumberTooLow", "at_least: 0", "at_least: -1", "when[0].at_least: must be from 0 to 150"},
        Fault{"NumbersCrossed", "at_least: 0", "at_least: 18", "when[0].at_most: must not be less than at_least"},
        Fault{"NoNumberTest", "at_least: 0 at_most: 17", "", "is a number; test it with at_least, at_most or both"},
        Fault{"NumberAsChoice", "at_least: 0", "none_of: \"0\" at_least: 0", "when[0].none_of[0]: does not suit"},
        Fault{"ProvenanceLowered", "any_of: \"SYSTEM\"", "any_of: \"SYSTEM\" min_provenance: PROVENANCE_LOCAL",
              "min_provenance: must not be less than PROVENANCE_AUTHENTICATED"},
        Fault{"ProvenanceUnknown", "is: TERNARY_YES", "is: TERNARY_YES min_provenance: 9", "min_provenance: must be"},
        Fault{"IgnoreBlank", "is: TERNARY_YES }", "is: TERNARY_YES } ignore_unknown_because: \" \"",
              "ignore_unknown_because: is blank"},
        Fault{"IgnoreWithoutCondition", "  when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }",
              "ignore_unknown_because: \"x\"", "ignore_unknown_because: has no condition to go with"},
        Fault{"InvariantCondition", "record_kinds: RECORD_KIND_TRAFFICKING }",
              "record_kinds: RECORD_KIND_TRAFFICKING } when { attribute: ATTRIBUTE_AGE is: TERNARY_YES }",
              "invariants[0].when[0].is: does not suit"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Obligations, RuleFaultTest,
    testing::Values(
        Fault{"NoType", "type: OBLIGATION_TYPE_QUOTA ", "", "grants[0].obligations[0].type: must be a known value"},
        Fault{"TypeFromTheFuture", "OBLIGATION_TYPE_RETAIN_AT_MOST", "99", "duties[0].obligation.type: must be"},
        Fault{"NoObligation", "  obligation { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: 365 }\n",
              "", "duties[0].obligation.type: must be"},
        Fault{"NoBearer", "bearer: BEARER_ASKER ", "", "grants[0].obligations[0].bearer: must be a known value"},
        Fault{"BearerFromTheFuture", "BEARER_BOTH", "9", "duties[0].obligation.bearer: must be"},
        Fault{"NoAmount", "amount: 100 ", "", "grants[0].obligations[0].amount: must be from 1 to 1000000 exchanges"},
        Fault{"AmountOfAnAge", "amount: 365", "amount: 40000", "obligation.amount: must be from 1 to 36600 days"},
        Fault{"NoWindow", "window_hours: 24", "", "obligations[0].window_hours: must be from 1 to 8784 hours"},
        Fault{"WindowOfAnAge", "window_hours: 24", "window_hours: 9000", "window_hours: must be from 1 to 8784"},
        Fault{"WindowWithoutQuota", "amount: 365", "amount: 365 window_hours: 1", "obligation.window_hours: belongs"},
        Fault{"AmountOfNothing", "OBLIGATION_TYPE_RETAIN_AT_MOST", "OBLIGATION_TYPE_HUMAN_REVIEW",
              "obligation.amount: counts nothing with this type"},
        Fault{"OfficersByTheHundred", "OBLIGATION_TYPE_RETAIN_AT_MOST", "OBLIGATION_TYPE_FOUR_EYES",
              "obligation.amount: must be from 1 to 8 officers"},
        Fault{"UseForNothing", "OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: 365",
              "OBLIGATION_TYPE_USE_ONLY_FOR bearer: BEARER_BOTH", "obligation.type: has no purposes"},
        Fault{"PurposesWithoutUse", "amount: 365", "amount: 365 purposes: PURPOSE_READMISSION",
              "obligation.purposes[0]: belongs with OBLIGATION_TYPE_USE_ONLY_FOR"},
        Fault{"SameTwice", "window_hours: 24 }",
              "window_hours: 24 } obligations { type: OBLIGATION_TYPE_QUOTA bearer: BEARER_ASKER amount: 7 "
              "window_hours: 1 }",
              "grants[0].obligations[1].type: stands here a second time"}),
    NameOf);

TEST(ValidateRulesTest, AllowsEveryObligation) {
  for (const char* terms :
       {"RETAIN_AT_MOST amount: 1", "NO_ONWARD_TRANSFER", "USE_ONLY_FOR purposes: PURPOSE_READMISSION",
        "NOTIFY_WITHIN amount: 48", "FOUR_EYES amount: 2", "HUMAN_REVIEW", "QUOTA amount: 1 window_hours: 1",
        "VOLUME amount: 1", "REPORT_USE amount: 30"}) {
    EXPECT_OK(ReadTreaty(Changed(TreatyText(), "OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: 365",
                                 absl::StrCat("OBLIGATION_TYPE_", terms, " bearer: BEARER_BOTH")),
                         "t"))
        << terms;
  }
}

TEST(ValidateRulesTest, AllowsDelicateClassesWithAJustification) {
  EXPECT_OK(ReadTreaty(Changed(TreatyText(), "classes: DATA_CLASS_IDENTITY }",
                               "classes: DATA_CLASS_BELIEF } justification: \"Article 1 asks for it.\""),
                       "t"));
}

TEST(ValidateRulesTest, AllowsProvenanceToBeRaisedAndUnknownFactsToBeIgnoredForAReason) {
  EXPECT_OK(ReadTreaty(Changed(TreatyText(), "is: TERNARY_YES }",
                               "is: TERNARY_YES min_provenance: PROVENANCE_AUTHENTICATED } "
                               "ignore_unknown_because: \"Nobody can know it.\""),
                       "t"));
}

TEST(ValidateRulesTest, AllowsNoneOfAndOpenRanges) {
  std::string text = Changed(TreatyText(), "any_of: \"OFFICER\" any_of: \"SYSTEM\"", "none_of: \"NODE\"");
  EXPECT_OK(ReadTreaty(Changed(text, "at_least: 0 at_most: 17", "at_most: 150"), "t"));
  EXPECT_OK(ReadTreaty(Changed(text, "at_least: 0 at_most: 17", "at_least: 17"), "t"));
  EXPECT_OK(ReadTreaty(Changed(text, "at_least: 0 at_most: 17", "at_least: 17 at_most: 17"), "t"));
}

TEST(ValidateRulesTest, AllowsAFloorTowardsStatesThatAreNoParties) {
  EXPECT_OK(
      ReadTreaty(Changed(TreatyText(), "scope { op", "scope { answerers: \"CCC\" answerers: \"DDD/police\" op"), "t"));
}

TEST(ValidateRulesTest, GivesNoAdviceOnAThousandMisspeltArticles) {
  std::string text = TreatyText(), cites;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&cites, "  cites: \"1x", i, "\"\n");
  EXPECT_THAT(ReadTreaty(Changed(text, "  cites: \"1\"\n", cites), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::EndsWith("and 19900 more findings")));
}

}  // namespace
}  // namespace tamga::policy
