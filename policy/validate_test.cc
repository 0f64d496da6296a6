// What a treaty, an overlay, a suite and a treaty office must be; their rules are in validate_rules_test.cc.
#include "policy/validate.h"

#include <ostream>

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

class TreatyFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(TreatyFaultTest, IsFound) {
  EXPECT_THAT(ReadTreaty(Changed(TreatyText(), GetParam().from, GetParam().to), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    Head, TreatyFaultTest,
    testing::Values(Fault{"NoId", "id: \"SMALL\"", "", "t: id: must be 1 to 64 capital"},
                    Fault{"LowerCaseId", "\"SMALL\"", "\"Small\"", "t:1:1: id: must be"},
                    Fault{"IdWithSpace", "\"SMALL\"", "\"SMA LL\"", "t:1:1: id: must be"},
                    Fault{"NoVersion", "version: 1\n", "", "version: is required"},
                    Fault{"NoTitle", "A small treaty", " ", "t:3:1: title: is required"},
                    Fault{"NoCitation", "Nowhere, 1 January 2020", "", "t:4:1: citation: is required"},
                    Fault{"NoStatus", "text_status: TEXT_STATUS_OFFICIAL", "", "text_status: must be"},
                    Fault{"UnknownStatus", "TEXT_STATUS_OFFICIAL", "77", "t:5:1: text_status: must be"},
                    Fault{"ModelWithoutNote", "TEXT_STATUS_OFFICIAL", "TEXT_STATUS_MODEL", "text_note: is required"},
                    Fault{"SecondVersionOfNothing", "version: 1", "version: 2", "previous_sha256: must be the SHA-256"},
                    Fault{"PreviousIsNoHash", "version: 1", "version: 2 previous_sha256: \"ABC\"",
                          "t:2:12: previous_sha256: must be the SHA-256"},
                    Fault{"FirstVersionOfSomething", "version: 1", "version: 1 previous_sha256: \"abc\"",
                          "previous_sha256: belongs with version 2"},
                    Fault{"ExpiresNever", "version: 1", "version: 1 expires_on: \"never\"",
                          "t:2:12: expires_on: must be a day"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Texts, TreatyFaultTest,
    testing::Values(
        Fault{"TitleWithoutLanguage", "version: 1", "version: 1 titles { text: \"x\" }",
              "titles[0].language: must be a known value"},
        Fault{"TitleInUnknownLanguage", "version: 1", "version: 1 titles { language: 9 text: \"x\" }",
              "titles[0].language: must be a known value"},
        Fault{"TitleInEnglish", "version: 1", "version: 1 titles { language: LANGUAGE_EN text: \"x\" }",
              "titles[0].language: must be another language"},
        Fault{"TitleEmpty", "version: 1", "version: 1 titles { language: LANGUAGE_KK }", "titles[0].text: is required"},
        Fault{"TitleTwice", "version: 1",
              "version: 1 titles { language: LANGUAGE_RU text: \"x\" } titles { language: LANGUAGE_RU text: \"y\" }",
              "titles[1].language: stands here a second time"},
        Fault{"SummaryBlank", "\"Allows.\"", "\"Allows.\" summaries { language: LANGUAGE_RU text: \" \" }",
              "articles[0].summaries[0].text: is required"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Entry, TreatyFaultTest,
    testing::Values(
        Fault{"NoRule", "rule: ENTRY_RULE_ALL_PARTIES ", "", "t:8:1: entry_into_force.rule: is required"},
        Fault{"UnknownRule", "ENTRY_RULE_ALL_PARTIES", "9", "entry_into_force.rule: is required"},
        Fault{"DepositsOfAll", "delay_days: 30", "deposits: 2", "deposits: belongs with ENTRY_RULE_DEPOSITS"},
        Fault{"NoDeposits", "ENTRY_RULE_ALL_PARTIES", "ENTRY_RULE_DEPOSITS", "deposits: must be from 1 to the number"},
        Fault{"MoreDepositsThanParties", "ENTRY_RULE_ALL_PARTIES", "ENTRY_RULE_DEPOSITS deposits: 3",
              "entry_into_force.deposits: must be from 1 to the number of parties, 2"},
        Fault{"StatedWithDelay", "ENTRY_RULE_ALL_PARTIES", "ENTRY_RULE_STATED", "delay_days: does not go with"},
        Fault{"DelayOfAnAge", "delay_days: 30", "delay_days: 36600", "entry_into_force.delay_days: must be at most"},
        Fault{"NoticeOfAnAge", "denunciation_days: 90", "denunciation_days: 36600", "denunciation_days: must be at"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Parties, TreatyFaultTest,
    testing::Values(
        Fault{"StateTooLong", "state: \"AAA\"", "state: \"AAAA\"", "t:6:11: parties[0].state: must be an ISO 3166"},
        Fault{"StateTwice", "state: \"BBB\"", "state: \"AAA\"", "parties[1].state: stands here a second time"},
        Fault{"NoAgencies", "agencies: \"BBB/police\"", "", "t:7:1: parties[1]: has no agencies"},
        Fault{"AgencyOfAnother", "BBB/police", "AAA/police", "parties[1].agencies[0]: must be an agency of BBB"},
        Fault{"AgencyForm", "BBB/police", "BBB Police", "parties[1].agencies[0]: must name an agency"},
        Fault{"AgencyTwice", "AAA/border", "AAA/police", "parties[0].agencies[1]: stands here a second time"},
        Fault{"OnePartyOneAgency", "agencies: \"AAA/border\" }\nparties { state: \"BBB\" agencies: \"BBB/police\" }",
              "}", "has too few parties"},
        Fault{"ArticleTwice", "number: \"2(b)\"", "number: \"1\"", "articles[1].number: stands here a second time"},
        Fault{"ArticleForm", "number: \"2(b)\"", "number: \"2 b\"", "articles[1].number: must be a number"},
        Fault{"ArticleEmpty", "Forbids.", "", "articles[1].summary: is required"}),
    NameOf);

TEST(ValidateTreatyTest, CollectsEveryFindingOfAnEmptyTreaty) {
  Findings findings("empty", "TREATY_INVALID");
  ValidateTreaty(v1::Treaty(), Place(v1::Treaty::descriptor(), nullptr), &findings);
  const std::string message(findings.ToStatus().message());
  for (const char* finding :
       {"id: must be", "version: is required", "title: is", "citation: is", "text_status: must", "text_note: is",
        "too few parties", "no articles", "entry_into_force.rule: is required", "has no rules"}) {
    EXPECT_THAT(message, HasSubstr(finding));
  }
}

TEST(ValidateTreatyTest, AllowsADomesticAgreement) {
  EXPECT_OK(ReadTreaty(Changed(TreatyText(), "parties { state: \"BBB\" agencies: \"BBB/police\" }\n", ""), "t"));
}

TEST(ValidateTreatyTest, AllowsEveryRuleOfEntry) {
  for (const char* entry : {"rule: ENTRY_RULE_STATED", "rule: ENTRY_RULE_DEPOSITS deposits: 1",
                            "rule: ENTRY_RULE_DEPOSITS deposits: 2 delay_days: 3660 denunciation_days: 3660"}) {
    EXPECT_OK(ReadTreaty(
        Changed(TreatyText(), "rule: ENTRY_RULE_ALL_PARTIES delay_days: 30 denunciation_days: 90", entry), "t"))
        << entry;
  }
}

TEST(ValidateTreatyTest, AllowsAnAmendmentAndTextsInOtherLanguages) {
  std::string text = Changed(TreatyText(), "version: 1",
                             "version: 2 previous_sha256: \"" + SomeHash() + "\" expires_on: \"2040-01-01\"\n" +
                                 "titles { language: LANGUAGE_RU text: \"Малый договор\" } " +
                                 "titles { language: LANGUAGE_KK text: \"Шағын шарт\" }");
  EXPECT_OK(ReadTreaty(text, "t"));
}

class OverlayFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(OverlayFaultTest, IsFound) {
  const auto result = ReadOverlay(Changed(OverlayText(), GetParam().from, GetParam().to), "o");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
  EXPECT_THAT(result, HasReason("OVERLAY_INVALID"));
}

INSTANTIATE_TEST_SUITE_P(
    All, OverlayFaultTest,
    testing::Values(Fault{"IdForm", "\"AAA-LAW\"", "\"law\"", "o:1:1: id: must be"},
                    Fault{"NoVersion", "version: 1\n", "", "version: is required"},
                    Fault{"NoState", "state: \"AAA\"\n", "", "state: must be an ISO 3166"},
                    Fault{"NoTitle", "A law", "", "title: is required"},
                    Fault{"NoCitation", "Law 1 of 2020", "", "citation: is required"},
                    Fault{"NoStatus", "TEXT_STATUS_OFFICIAL", "TEXT_STATUS_MODEL", "text_note: is required"},
                    Fault{"NoArticles", "articles { number: \"9\" summary: \"Protects.\" }\n", "", "has no articles"},
                    Fault{"CitesAnotherText", "cites: \"9\"", "cites: \"8\"", "cites[0]: is not an article of this"},
                    Fault{"CitesNothing", "    cites: \"9\"\n", "", "narrowing.duties[0].id: cites no article"},
                    Fault{"SideForm", "cites: \"9\"", "cites: \"9\" scope { askers: \"Aaa\" }",
                          "scope.askers[0]: must be a State such as KAZ"},
                    Fault{"Grants", "duties {", "grants {", "has no field named \"grants\""},
                    Fault{"Obligation", "amount: 30", "", "obligation.amount: must be from 1 to 36600 days"}),
    NameOf);

// Anybody may propose a treaty; what rules mean is worked out for each pair of agencies.
TEST(ValidateTreatyTest, BoundsPartiesAndAgencies) {
  const auto with = [](const std::string& more) {
    const std::string party = "parties { state: \"BBB\" agencies: \"BBB/police\" }\n";
    return ReadTreaty(Changed(TreatyText(), party, absl::StrCat(party, more)), "t");
  };
  const auto name = [](int number) {
    return std::string{'C', static_cast<char>('A' + number / 26), static_cast<char>('A' + number % 26)};
  };
  std::string parties, agencies, party;
  for (int i = 0; i < 249; ++i) {
    absl::StrAppend(&parties, "parties { state: \"", name(i), "\" agencies: \"", name(i), "/a\" }\n");
  }
  for (int i = 0; i < 10; ++i) {
    absl::StrAppend(&agencies, "parties { state: \"", name(i), "\"");
    for (int j = 0; j < 60; ++j) absl::StrAppend(&agencies, " agencies: \"", name(i), "/a", j, "\"");
    absl::StrAppend(&agencies, " }\n");
  }
  absl::StrAppend(&party, "parties { state: \"CCC\"");
  for (int j = 0; j < 65; ++j) absl::StrAppend(&party, " agencies: \"CCC/a", j, "\"");
  EXPECT_THAT(with(parties), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parties[250]: is one too many")));
  EXPECT_THAT(with(agencies), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("agencies in its parties")));
  EXPECT_THAT(with(party + " }\n"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("agencies[64]: is one")));
}

TEST(ValidateOverlayTest, MayNameAnySide) {
  EXPECT_OK(ReadOverlay(
      Changed(OverlayText(), "cites: \"9\"", "cites: \"9\" scope { askers: \"XXX\" answerers: \"AAA/any-agency\" }"),
      "o"));
}

TEST(ValidateOverlayTest, EndsWithAVersionThatHasNoRules) {
  std::string text = OverlayText();
  text.erase(text.find("narrowing"));
  EXPECT_THAT(ReadOverlay(text, "o"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has no rules")));
  EXPECT_OK(ReadOverlay(Changed(text, "version: 1", "version: 2"), "o"));
}

class SuiteFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(SuiteFaultTest, IsFound) {
  const auto result = ReadSuite(Changed(SuiteText(), GetParam().from, GetParam().to), "s");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
  EXPECT_THAT(result, HasReason("SUITE_INVALID"));
}

INSTANTIATE_TEST_SUITE_P(
    All, SuiteFaultTest,
    testing::Values(
        Fault{"TreatyForm", "treaties: \"SMALL\"", "treaties: \"small\"", "s:1:1: treaties[0]: must be"},
        Fault{"TreatyTwice", "treaties: \"SMALL\"", "treaties: \"SMALL\" treaties: \"SMALL\"", "treaties[1]: stands"},
        Fault{"NoName", "A check is allowed", "", "cases[0].name: is required"},
        Fault{"NoDay", "2024-06-01", "2024-06-31", "cases[0].on: must be a day"},
        Fault{"NoAsker", "AAA/police", "AAA", "cases[0].asker: must name an agency"},
        Fault{"NoAnswerer", "answerer: \"BBB/police\"", "", "cases[0].answerer: must name an agency"},
        Fault{"NoKind", "record_kind: RECORD_KIND_WATCHLIST", "", "cases[0].record_kind: must be a known value"},
        Fault{"NoOperation", "operation: OPERATION_WATCHLIST_CHECK", "", "cases[0].operation: must be"},
        Fault{"NoPurpose", "PURPOSE_BORDER_CHECK", "99", "cases[0].purpose: must be"},
        Fault{"CitesForm", "stage:", "cites: \"a\" stage:", "cases[0].cites: must be"},
        Fault{"NoAttribute", "attribute: ATTRIBUTE_AGE", "", "cases[0].facts[1].attribute: must be a known"},
        Fault{"FactTwice", "attribute: ATTRIBUTE_AGE number: 40",
              "attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN flag: TERNARY_YES", "facts[1].attribute: stands here"},
        Fault{"FlagUnknown", "TERNARY_NO", "TERNARY_UNSPECIFIED", "facts[0].flag: must be TERNARY_YES or TERNARY_NO"},
        Fault{"FlagWithNumber", "flag: TERNARY_NO", "flag: TERNARY_NO number: 1", "facts[0].number: does not suit"},
        Fault{"NumberWithFlag", "number: 40", "number: 40 flag: TERNARY_NO", "facts[1].flag: does not suit"},
        Fault{"NumberWithChoice", "number: 40", "number: 40 choice: \"X\"", "facts[1].choice: does not suit"},
        Fault{"NoNumber", "number: 40", "", "facts[1].number: is required"},
        Fault{"NumberTooHigh", "number: 40", "number: 151", "facts[1].number: must be from 0 to 150"},
        Fault{"NumberNegative", "number: 40", "number: -1", "facts[1].number: must be from 0 to 150"},
        Fault{"ChoiceMisspelt", "\"OFFICER\"", "\"OFICER\"",
              "facts[2].choice: is no value of the attribute; did you "
              "mean OFFICER?"},
        Fault{"ProvenanceUnknown", "PROVENANCE_AUTHENTICATED", "9", "facts[2].provenance: must be"},
        Fault{"StageUnknown", "EXCHANGE_STAGE_REPLY_EGRESS", "9", "cases[0].stage: must be"},
        Fault{"NoReason", "reason: \"PERMITTED\"", "", "cases[0].expect.reason: must be a reason code"},
        Fault{"ReasonForm", "\"PERMITTED\"", "\"permitted\"", "cases[0].expect.reason: must be a reason code"},
        Fault{"ReplyUnknown", "reply: DISCLOSURE_LEVEL_REFERENCE", "reply: 9", "expect.reply: must be a known level"},
        Fault{"ObligationUnknown", "articles: \"1\"", "obligations: 99", "expect.obligations[0]: must be"},
        Fault{"ArticleBlank", "articles: \"1\"", "articles: \"\"", "expect.articles[0]: is required"}),
    NameOf);

TEST(ValidateSuiteTest, NeedsCasesWithDifferentNames) {
  EXPECT_THAT(ReadSuite("treaties: \"SMALL\"", "s"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has no cases")));
  const std::string text = SuiteText();
  EXPECT_THAT(ReadSuite(text + text.substr(text.find("cases")), "s"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cases[1].name: stands here a second time")));
}

class OfficeFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(OfficeFaultTest, IsFound) {
  const auto result = ReadTreatyOffice(Changed(OfficeText(), GetParam().from, GetParam().to), "k");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
  EXPECT_THAT(result, HasReason("TREATY_OFFICE_INVALID"));
}

constexpr char kFirstKey[] = "1111111111111111111111111111111111111111111111111111111111111111";

INSTANTIATE_TEST_SUITE_P(
    All, OfficeFaultTest,
    testing::Values(Fault{"NoState", "state: \"AAA\"", "", "state: must be an ISO 3166"},
                    Fault{"ShortKey", kFirstKey, "11", "k:2:1: keys[0]: must be an Ed25519 public key"},
                    Fault{"CapitalKey", kFirstKey, "A111111111111111111111111111111111111111111111111111111111111111",
                          "keys[0]: must be an Ed25519 public key"},
                    Fault{"KeyTwice", kFirstKey, "2222222222222222222222222222222222222222222222222222222222222222",
                          "keys[1]: stands here a second time"},
                    Fault{"NoThreshold", "threshold: 2", "", "threshold: is required"},
                    Fault{"ThresholdNobodyReaches", "threshold: 2", "threshold: 3",
                          "threshold: must be at most the number of keys, 2"}),
    NameOf);

TEST(ValidateOfficeTest, HoldsAtMostThirtyTwoKeys) {
  std::string text = "state: \"AAA\" threshold: 1";
  for (int i = 10; i < 43; ++i) text += " keys: \"" + std::to_string(i) + std::string(62, '0') + "\"";
  EXPECT_THAT(ReadTreatyOffice(text, "k"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("keys[32]: is one too many")));
}

}  // namespace
}  // namespace tamga::policy
