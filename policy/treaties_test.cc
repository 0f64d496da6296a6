// The treaties that come with Tamga: that each is valid, and what they decide.
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "policy/disclosure.h"
#include "policy/redact.h"
#include "policy/treaty_fixture.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFolder[] = TAMGA_SOURCE_DIR "/policy/treaties";

const TreatySet& Treaties() {
  static const TreatySet* const kSet = [] {
    std::vector<std::string> texts;
    const auto names = ListFolder(kFolder, ".txtpb").value();
    for (const std::string& name : names) texts.push_back(ReadFile(absl::StrCat(kFolder, "/", name)).value());
    return new TreatySet(SetOf(texts));
  }();
  return *kSet;
}

TEST(TreatiesTest, AreValidAndNamedByTheirId) {
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> names, ListFolder(kFolder, ".txtpb"));
  EXPECT_EQ(names.size(), 10u);
  for (const std::string& name : names) {
    ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(absl::StrCat(kFolder, "/", name)));
    ASSERT_OK_AND_ASSIGN(const TreatyDocument document, ReadTreaty(text, name));
    EXPECT_EQ(absl::StrCat(absl::AsciiStrToLower(document.treaty.id()), ".txtpb"), name);
  }
}

TEST(TreatiesTest, SayWhereTheyWereNotBuiltFromTheOfficialText) {
  for (const TreatyDocument& document : Treaties().documents()) {
    EXPECT_EQ(document.treaty.text_status(), v1::TEXT_STATUS_MODEL) << document.file_name;
  }
}

const Facts kClear = {{v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO},
                      {v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO},
                      {v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_NO}};

Facts ClearBut(v1::Attribute attribute, v1::Ternary value) {
  Facts facts = kClear;
  facts[attribute] = value;
  return facts;
}

Question Check(const char* asker, const char* answerer, v1::Purpose purpose, Facts facts = {}) {
  return {asker, answerer, v1::RECORD_KIND_WATCHLIST, v1::OPERATION_WATCHLIST_CHECK, purpose, "", std::move(facts)};
}

Question Submit(const char* asker, const char* answerer, Facts facts) {
  return {
      asker, answerer,        v1::RECORD_KIND_READMISSION, v1::OPERATION_READMISSION_SUBMIT, v1::PURPOSE_READMISSION,
      "",    std::move(facts)};
}

Question Trafficking(v1::Operation operation, const char* asker, const char* answerer, v1::Purpose purpose) {
  return {asker, answerer, v1::RECORD_KIND_TRAFFICKING, operation, purpose, "", {}};
}

constexpr char kKazInterior[] = "KAZ/interior-ministry";
constexpr char kKazBorder[] = "KAZ/border-service";
constexpr char kKgzInterior[] = "KGZ/interior-ministry";
constexpr char kTjkInterior[] = "TJK/interior-ministry";
constexpr char kUzbInterior[] = "UZB/interior-ministry";

struct Case {
  const char* name;
  Question question;
  const char* day;
  const char* reason;
  const char* treaty_id;
  v1::DisclosureLevel reply;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class TreatyCaseTest : public testing::TestWithParam<Case> {};

TEST_P(TreatyCaseTest, IsDecidedSo) {
  const Case& expected = GetParam();
  const Decision decision = Treaties().Decide(expected.question, Stage::kRequestEgress, Day(expected.day));
  EXPECT_EQ(decision.reason, expected.reason) << decision.explanation;
  EXPECT_EQ(decision.treaty_id, expected.treaty_id);
  EXPECT_EQ(decision.reply.level(), expected.reply);
}

constexpr auto kNone = v1::DISCLOSURE_LEVEL_NONE;
constexpr auto kHit = v1::DISCLOSURE_LEVEL_HIT_NO_HIT;
constexpr auto kReference = v1::DISCLOSURE_LEVEL_REFERENCE;
constexpr auto kPartial = v1::DISCLOSURE_LEVEL_PARTIAL;
constexpr auto kFull = v1::DISCLOSURE_LEVEL_FULL;

INSTANTIATE_TEST_SUITE_P(
    Watchlist, TreatyCaseTest,
    testing::Values(
        Case{"KyrgyzstanAnswersABorderCheckInFull", Check(kKazBorder, kKgzInterior, v1::PURPOSE_BORDER_CHECK),
             "2026-03-01", "PERMITTED", "CIS-WANTED-SEARCH-2010", kFull},
        Case{"UzbekistanAsksAndLearnsHitOrNoHit", Check(kUzbInterior, kKazBorder, v1::PURPOSE_BORDER_CHECK),
             "2026-03-01", "PERMITTED", "CIS-WANTED-SEARCH-REGULATION-2015", kHit},
        Case{"UzbekistanAnswersHitOrNoHit", Check(kKazBorder, kUzbInterior, v1::PURPOSE_WANTED_PERSON_SEARCH),
             "2026-03-01", "PERMITTED", "CIS-WANTED-SEARCH-REGULATION-2015", kHit},
        Case{"UzbekistanIsOutsideTheSearchForTheMissing",
             Check(kKazBorder, kUzbInterior, v1::PURPOSE_MISSING_PERSON_SEARCH), "2026-03-01", "TREATY_NOT_IN_FORCE",
             "", kNone},
        Case{"UzbekistanBeforeTheRegulation", Check(kKazBorder, kUzbInterior, v1::PURPOSE_BORDER_CHECK), "2015-10-29",
             "TREATY_NOT_IN_FORCE", "", kNone},
        Case{"TerrorismGivesAReference", Check(kKazBorder, kUzbInterior, v1::PURPOSE_COUNTER_TERRORISM), "2026-03-01",
             "PERMITTED", "TASHKENT-2000", kReference},
        Case{"MigrationControlNeedsAsylumKnown", Check(kKazBorder, kKgzInterior, v1::PURPOSE_MIGRATION_CONTROL),
             "2026-03-01", "FACT_UNKNOWN", "CIS-ILLEGAL-MIGRATION-1998", kNone},
        Case{"MigrationControlGivesTheAction", Check(kKazBorder, kKgzInterior, v1::PURPOSE_MIGRATION_CONTROL, kClear),
             "2026-03-01", "PERMITTED", "CIS-ILLEGAL-MIGRATION-1998", kPartial},
        Case{"MigrationControlDoesNotReachUzbekistan",
             Check(kKazBorder, kUzbInterior, v1::PURPOSE_MIGRATION_CONTROL, kClear), "2026-03-01",
             "TREATY_NOT_IN_FORCE", "", kNone},
        Case{"OwnAgenciesAnswerInFull", Check(kKazBorder, kKazInterior, v1::PURPOSE_BORDER_CHECK), "2026-03-01",
             "PERMITTED", "KAZ-INTERAGENCY", kFull},
        Case{"TourismAgencyChecksNobody", Check("KAZ/tourism-agency", kKazInterior, v1::PURPOSE_BORDER_CHECK),
             "2026-03-01", "NO_GRANT", "", kNone},
        Case{"TurkmenistanIsInNoTreaty", Check(kKazBorder, "TKM/interior-ministry", v1::PURPOSE_BORDER_CHECK),
             "2026-03-01", "TREATY_NOT_IN_FORCE", "", kNone}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Readmission, TreatyCaseTest,
    testing::Values(
        Case{"ClearCaseGoesToKyrgyzstan", Submit(kKazInterior, kKgzInterior, kClear), "2026-03-01", "PERMITTED",
             "READMISSION-KAZ-KGZ", kReference},
        Case{"ClearCaseComesFromKyrgyzstan", Submit(kKgzInterior, kKazInterior, kClear), "2026-03-01", "PERMITTED",
             "READMISSION-KAZ-KGZ", kReference},
        Case{"ClearCaseGoesToTajikistan", Submit(kKazInterior, kTjkInterior, kClear), "2026-03-01", "PERMITTED",
             "READMISSION-KAZ-TJK", kReference},
        Case{"ClearCaseGoesToUzbekistan", Submit(kKazInterior, kUzbInterior, kClear), "2026-03-01", "PERMITTED",
             "READMISSION-KAZ-UZB", kReference},
        Case{"AsylumUnknown",
             Submit(kKazInterior, kKgzInterior, ClearBut(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_UNSPECIFIED)),
             "2026-03-01", "FACT_UNKNOWN", "READMISSION-KAZ-KGZ", kNone},
        Case{"AsylumClaimOpen",
             Submit(kKazInterior, kKgzInterior, ClearBut(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES)),
             "2026-03-01", "FORBIDDEN", "READMISSION-KAZ-KGZ", kNone},
        Case{"TraffickingIndicator",
             Submit(kKazInterior, kKgzInterior, ClearBut(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_YES)),
             "2026-03-01", "FORBIDDEN", "READMISSION-KAZ-KGZ", kNone},
        Case{"UnaccompaniedMinor",
             Submit(kKazInterior, kKgzInterior, ClearBut(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_YES)),
             "2026-03-01", "FORBIDDEN", "READMISSION-KAZ-KGZ", kNone},
        Case{"LastDayBeforeForce", Submit(kKazInterior, kKgzInterior, kClear), "2017-08-09", "TREATY_NOT_IN_FORCE", "",
             kNone},
        Case{"FirstDayOfForce", Submit(kKazInterior, kKgzInterior, kClear), "2017-08-10", "PERMITTED",
             "READMISSION-KAZ-KGZ", kReference},
        Case{"BetweenKyrgyzstanAndTajikistan", Submit(kKgzInterior, kTjkInterior, kClear), "2026-03-01", "NO_GRANT", "",
             kNone},
        Case{"TheBorderServiceDoesNotSubmit", Submit(kKazBorder, kKgzInterior, kClear), "2026-03-01", "NO_GRANT", "",
             kNone}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Trafficking, TreatyCaseTest,
                         testing::Values(Case{"ShareWithTajikistan",
                                              Trafficking(v1::OPERATION_TRAFFICKING_SHARE, kKazInterior, kTjkInterior,
                                                          v1::PURPOSE_TRAFFICKING_INVESTIGATION),
                                              "2026-03-01", "PERMITTED", "PALERMO-TIP-2000", kReference},
                                         Case{"RetrieveForMigrationControl",
                                              Trafficking(v1::OPERATION_TRAFFICKING_RETRIEVE, kUzbInterior,
                                                          kKazInterior, v1::PURPOSE_MIGRATION_CONTROL),
                                              "2026-03-01", "NO_GRANT", "", kNone},
                                         Case{"RetrieveBeforeUzbekistanWasBound",
                                              Trafficking(v1::OPERATION_TRAFFICKING_RETRIEVE, kUzbInterior,
                                                          kKazInterior, v1::PURPOSE_TRAFFICKING_INVESTIGATION),
                                              "2008-09-10", "TREATY_NOT_IN_FORCE", "", kNone},
                                         Case{"TourismRefersToInterior",
                                              Trafficking(v1::OPERATION_TRAFFICKING_REFER, "KAZ/tourism-agency",
                                                          kKazInterior, v1::PURPOSE_VICTIM_PROTECTION),
                                              "2026-03-01", "PERMITTED", "KAZ-INTERAGENCY", kReference},
                                         Case{"TourismRefersAbroad",
                                              Trafficking(v1::OPERATION_TRAFFICKING_REFER, "KAZ/tourism-agency",
                                                          kKgzInterior, v1::PURPOSE_VICTIM_PROTECTION),
                                              "2026-03-01", "NO_GRANT", "", kNone}),
                         [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST(TreatiesTest, AnAsylumClaimIsNotToldToAStateOutsideTheRefugeeConvention) {
  // Only the convention is asked: the readmission treaty's own prohibitions are set aside.
  const TreatyDocument* convention = Treaties().Find("REFUGEE-1951-1967");
  TreatyDocument readmission = *Treaties().Find("READMISSION-KAZ-UZB");
  readmission.treaty.clear_prohibitions();
  ASSERT_OK_AND_ASSIGN(const TreatySet set, TreatySet::Build({*convention, readmission}));
  const Facts open = ClearBut(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES);
  const Decision decision =
      set.Decide(Submit(kKazInterior, kUzbInterior, open), Stage::kRequestEgress, Day("2026-03-01"));
  EXPECT_EQ(decision.reason, "FORBIDDEN");
  EXPECT_THAT(decision.articles, ElementsAre("REFUGEE-1951-1967 art. 33"));
  EXPECT_FALSE(decision.may_be_told);
}

TEST(TreatiesTest, NothingThatLeadsToAVictimIsSharedAbroad) {
  const Decision decision = Treaties().Decide(
      Trafficking(v1::OPERATION_TRAFFICKING_SHARE, kKazInterior, kTjkInterior, v1::PURPOSE_TRAFFICKING_INVESTIGATION),
      Stage::kRequestEgress, Day("2026-03-01"));
  const ClassSet allowed = AllowedClasses(AllowanceOf(decision.request));
  for (const v1::DataClass data_class :
       {v1::DATA_CLASS_VICTIM_IDENTITY, v1::DATA_CLASS_VICTIM_CONTACT, v1::DATA_CLASS_VICTIM_CIRCUMSTANCE,
        v1::DATA_CLASS_FREE_TEXT, v1::DATA_CLASS_SUPPORT}) {
    EXPECT_FALSE(Holds(allowed, data_class)) << v1::DataClass_Name(data_class);
  }
  EXPECT_TRUE(Holds(allowed, v1::DATA_CLASS_PERPETRATOR));
}

TEST(TreatiesTest, ARetrievalForAnotherPurposeIsToldWhichPurposeWouldServe) {
  const Decision decision = Treaties().Decide(
      Trafficking(v1::OPERATION_TRAFFICKING_RETRIEVE, kUzbInterior, kKazInterior, v1::PURPOSE_MIGRATION_CONTROL),
      Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_FALSE(decision.missing.empty());
  EXPECT_EQ(decision.missing[0],
            "PALERMO-TIP-2000 art. 10.1 would serve if the purpose were TRAFFICKING_INVESTIGATION (asked: "
            "MIGRATION_CONTROL)");
}

TEST(TreatiesTest, TheIllegalMigrationAgreementIsNotInForceForUzbekistan) {
  const Decision decision = Treaties().Decide(Check(kKazBorder, kUzbInterior, v1::PURPOSE_MIGRATION_CONTROL, kClear),
                                              Stage::kRequestEgress, Day("2026-03-01"));
  EXPECT_EQ(decision.missing[0],
            "CIS-WANTED-SEARCH-REGULATION-2015 art. 1 would serve if the purpose were BORDER_CHECK or "
            "WANTED_PERSON_SEARCH (asked: MIGRATION_CONTROL)");
  EXPECT_EQ(decision.missing.back(), "CIS-ILLEGAL-MIGRATION-1998 is not in force for UZB");
}

TEST(TreatiesTest, AnApplicationWithAConfessionIsRefusedAsAWhole) {
  const Decision decision =
      Treaties().Decide(Submit(kKazInterior, kKgzInterior, kClear), Stage::kRequestEgress, Day("2026-03-01"));
  EXPECT_EQ(decision.answer_within_days, 25u);
  v1::ReadmissionSubmission submission;
  submission.mutable_application()->set_sex("F");
  submission.mutable_application()->add_itinerary("Bishkek");
  EXPECT_THAT(CutDown(decision.request, &submission).value(), ElementsAre());
  submission.mutable_application()->set_confession("any");
  EXPECT_THAT(CutDown(decision.request, &submission),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("application.confession")));
}

TEST(TreatiesTest, AReplyToAnApplicationMayHoldItsReasons) {
  Question reply = Submit(kKgzInterior, kKazInterior, {});
  reply.operation = v1::OPERATION_READMISSION_REPLY;
  const Decision decision = Treaties().Decide(reply, Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_TRUE(decision.permitted) << decision.explanation;
  v1::ReadmissionDecision refusal;
  refusal.set_case_id("c");
  refusal.set_state(v1::READMISSION_STATE_REFUSED);
  refusal.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
  refusal.set_reasons("No entry in the register.");
  refusal.mutable_decided_at()->set_seconds(1);
  EXPECT_OK(ContainsOnly(decision.request, refusal));
}

}  // namespace
}  // namespace tamga::policy
