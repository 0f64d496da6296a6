// What limits of time and terms of readmission must be.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/treaty_document.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

// What makes TreatyText a treaty on readmission.
constexpr char kReadmission[] = R"text(
grants {
  id: "readmit"
  cites: "1"
  scope {
    record_kinds: RECORD_KIND_READMISSION
    operations: OPERATION_READMISSION_SUBMIT
    operations: OPERATION_READMISSION_REPLY
    operations: OPERATION_READMISSION_STEP
    operations: OPERATION_READMISSION_ATTACH
    purposes: PURPOSE_READMISSION
  }
  request { level: DISCLOSURE_LEVEL_REFERENCE }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
}
time_limits {
  id: "reply"
  cites: "1"
  clock: CASE_CLOCK_REPLY
  amount: 25
  unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_RECEIPT
  time_zone: "Asia/Almaty"
  on_expiry: ON_EXPIRY_DEEMED_ACCEPTED
}
time_limits {
  id: "reply-soon"
  cites: "1"
  clock: CASE_CLOCK_REPLY
  procedure: READMISSION_PROCEDURE_ACCELERATED
  amount: 2
  unit: TIME_UNIT_WORKING_DAYS
  holidays_of: CALENDAR_SIDE_BOTH
  start: CLOCK_START_RECEIPT
  time_zone: "Asia/Bishkek"
  on_expiry: ON_EXPIRY_FALL_BACK
}
time_limits {
  id: "transit-reply"
  cites: "3"
  clock: CASE_CLOCK_TRANSIT_REPLY
  amount: 48
  unit: TIME_UNIT_HOURS
  start: CLOCK_START_RECEIPT
  on_expiry: ON_EXPIRY_LATE
}
readmission {
  steps { kinds: READMISSION_STEP_KIND_SUBMIT kinds: READMISSION_STEP_KIND_ACCEPT cites: "1" }
  steps { kinds: READMISSION_STEP_KIND_HOLD cites: "3" }
  categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: "1" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "passport" kinds: "seaman's book" cites: "1" }
  attachments { kind: ATTACHMENT_KIND_SCAN media_types: "image/jpeg" max_bytes: 209715200 cites: "1" }
  crossing_points: "Kordai"
  languages: LANGUAGE_RU
}
)text";

std::string Whole() { return absl::StrCat(TreatyText(), kReadmission); }

struct TermsFault {
  const char* name;
  const char* from;
  const char* to;
  const char* finding;
};

void PrintTo(const TermsFault& fault, std::ostream* out) { *out << fault.name; }

std::string NameOfFault(const ::testing::TestParamInfo<TermsFault>& test) { return test.param.name; }

class TermsFaultTest : public ::testing::TestWithParam<TermsFault> {};

TEST_P(TermsFaultTest, IsFound) {
  EXPECT_THAT(ReadTreaty(Changed(Whole(), GetParam().from, GetParam().to), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    Limits, TermsFaultTest,
    ::testing::Values(
        TermsFault{"NoId", "id: \"transit-reply\"", "", "time_limits[2].id: must be 1 to 64 lower-case"},
        TermsFault{"SameId", "id: \"reply-soon\"", "id: \"reply\"", "time_limits[1].id: stands here a second time"},
        TermsFault{"NoCites", "cites: \"3\"\n  clock", "clock", "time_limits[2].id: cites no article"},
        TermsFault{"UnknownCite", "cites: \"3\"\n  clock", "cites: \"4\" clock",
                   "time_limits[2].cites[0]: is not an article of this document: 4"},
        TermsFault{"NoClock", "clock: CASE_CLOCK_TRANSIT_REPLY", "", "time_limits[2].clock: must be a known value"},
        TermsFault{"SameClock", "procedure: READMISSION_PROCEDURE_ACCELERATED", "",
                   "time_limits[1].clock: stands here a second time"},
        TermsFault{"NoAmount", "amount: 48", "", "time_limits[2].amount: must be from 1 to 1000"},
        TermsFault{"TooMuch", "amount: 48", "amount: 1001", "time_limits[2].amount: must be from 1 to 1000"},
        TermsFault{"NoUnit", "unit: TIME_UNIT_WORKING_DAYS", "", "time_limits[1].unit: must be a known value"},
        TermsFault{"WrongStart", "amount: 48\n  unit: TIME_UNIT_HOURS\n  start: CLOCK_START_RECEIPT",
                   "amount: 48 unit: TIME_UNIT_HOURS start: CLOCK_START_END",
                   "time_limits[2].start: must be one of these with the clock: CLOCK_START_RECEIPT"},
        TermsFault{"WrongOutcome", "ON_EXPIRY_LATE", "ON_EXPIRY_STANDARD_DOCUMENT",
                   "time_limits[2].on_expiry: must be one of these with the clock: ON_EXPIRY_LATE"},
        TermsFault{"FallsBackFromTheNormalOne", "ON_EXPIRY_DEEMED_ACCEPTED", "ON_EXPIRY_FALL_BACK",
                   "time_limits[0].on_expiry: falls back from the accelerated procedure only"},
        TermsFault{"FallsBackToNothing", "clock: CASE_CLOCK_REPLY\n  amount",
                   "clock: CASE_CLOCK_REPLY procedure: READMISSION_PROCEDURE_NOTICE amount",
                   "time_limits[1].on_expiry: has nothing to fall back to"},
        TermsFault{"NoTimeZone", "time_zone: \"Asia/Almaty\"", "", "time_limits[0].time_zone: must be a time zone"},
        TermsFault{"UnknownTimeZone", "Asia/Almaty", "Asia/Alma-Ata-2", "time_limits[0].time_zone: must be a time"},
        TermsFault{"TimeZoneThatIsAFile", "Asia/Almaty", "file:/etc/passwd", "time_limits[0].time_zone: must be"},
        TermsFault{"TimeZoneOutsideTheDatabase", "Asia/Almaty", "Asia/../../../etc/passwd", "time_limits[0].time_zone"},
        TermsFault{"TimeZoneOfTheMachine", "Asia/Almaty", "localtime", "time_limits[0].time_zone: must be a time zone"},
        TermsFault{"TimeZoneWithHours", "unit: TIME_UNIT_HOURS", "unit: TIME_UNIT_HOURS time_zone: \"Asia/Almaty\"",
                   "time_limits[2].time_zone: does not go with hours"},
        TermsFault{"FirstDayOfHours", "unit: TIME_UNIT_HOURS", "unit: TIME_UNIT_HOURS first_day_counts: true",
                   "time_limits[2].first_day_counts: does not go with hours"},
        TermsFault{"WorkingDaysOfNobody", "holidays_of: CALENDAR_SIDE_BOTH", "",
                   "time_limits[1].holidays_of: must be a known value"},
        TermsFault{"HolidaysOfCalendarDays", "unit: TIME_UNIT_CALENDAR_DAYS",
                   "unit: TIME_UNIT_CALENDAR_DAYS holidays_of: CALENDAR_SIDE_BOTH",
                   "time_limits[0].holidays_of: belongs with TIME_UNIT_WORKING_DAYS only"}),
    NameOfFault);

INSTANTIATE_TEST_SUITE_P(
    Terms, TermsFaultTest,
    ::testing::Values(
        TermsFault{"AcceptanceWithoutALimit", "clock: CASE_CLOCK_REPLY\n  amount",
                   "clock: CASE_CLOCK_REPLY procedure: READMISSION_PROCEDURE_NOTICE amount",
                   "readmission.steps[0].kinds[1]: has no time to be taken in"},
        TermsFault{"ExtensionWithoutALimit", "READMISSION_STEP_KIND_HOLD", "READMISSION_STEP_KIND_EXTEND",
                   "readmission.steps[1].kinds[0]: extends to no time"},
        TermsFault{
            "StepWithoutAGrant", "READMISSION_STEP_KIND_HOLD", "READMISSION_STEP_KIND_HAND_OVER",
            "readmission.steps[1].kinds[0]: is carried by no grant; write one of OPERATION_READMISSION_TRANSFER"},
        TermsFault{"SameStep", "READMISSION_STEP_KIND_HOLD", "READMISSION_STEP_KIND_SUBMIT",
                   "readmission.steps[1].kinds[0]: stands here a second time"},
        TermsFault{"StepRuleWithoutSteps", "kinds: READMISSION_STEP_KIND_HOLD", "", "steps[1]: has no kinds"},
        TermsFault{"StepWithoutCite", "READMISSION_STEP_KIND_HOLD cites: \"3\"", "READMISSION_STEP_KIND_HOLD",
                   "readmission.steps[1]: cites no article"},
        TermsFault{"NoCategories", "categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: \"1\" }", "",
                   "readmission: has no categories"},
        TermsFault{"UnknownCategory", "category: PERSON_CATEGORY_OWN_NATIONAL", "",
                   "readmission.categories[0].category: must be a known value"},
        TermsFault{"NoTier", "tier: EVIDENCE_TIER_NATIONALITY_PROOF", "", "evidence[0].tier: must be a known value"},
        TermsFault{"NoKinds", "kinds: \"passport\" kinds: \"seaman's book\"", "", "evidence[0].tier: has no kinds"},
        TermsFault{"SameKind", "seaman's book", "passport", "evidence[0].kinds[1]: stands here a second time"},
        TermsFault{"BlankKind", "seaman's book", " ", "evidence[0].kinds[1]: is required"},
        TermsFault{"AttachmentWithoutAGrant", "    operations: OPERATION_READMISSION_ATTACH\n", "",
                   "readmission.attachments[0]: is carried by no grant"},
        TermsFault{"NoMediaTypes", "media_types: \"image/jpeg\"", "", "attachments[0].kind: has no media_types"},
        TermsFault{"MediaTypeWithoutItsHalf", "image/jpeg", "image", "media_types[0]: must be a media type"},
        TermsFault{"MediaTypeInCapitals", "image/jpeg", "image/JPEG", "media_types[0]: must be a media type"},
        TermsFault{"MediaTypeWithParameters", "image/jpeg", "image/jpeg; q=1", "media_types[0]: must be a media type"},
        TermsFault{"AttachmentOfNoSize", "max_bytes: 209715200", "", "max_bytes: must be from 1 to 209715200"},
        TermsFault{"AttachmentTooLarge", "209715200", "209715201", "max_bytes: must be from 1 to 209715200"},
        TermsFault{"SameCrossingPoint", "crossing_points: \"Kordai\"",
                   "crossing_points: \"Kordai\" crossing_points: \"Kordai\"", "crossing_points[1]: stands here"},
        TermsFault{"SameLanguage", "languages: LANGUAGE_RU", "languages: LANGUAGE_RU languages: LANGUAGE_RU",
                   "languages[1]: stands here"},
        TermsFault{"ExpiredForTooLong", "languages: LANGUAGE_RU", "expired_proof_months: 1201",
                   "expired_proof_months: must be at most 1200"}),
    NameOfFault);

TEST(ValidateReadmissionTest, WholeTermsAreInOrder) { EXPECT_OK(ReadTreaty(Whole(), "t")); }

TEST(ValidateReadmissionTest, AGrantOfReadmissionNeedsTerms) {
  const std::string text = Whole();
  EXPECT_THAT(ReadTreaty(text.substr(0, text.find("readmission {")), "t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("readmission: is required where a grant")));
}

TEST(ValidateReadmissionTest, WithoutSuchAGrantNeitherTermsNorLimitsBelong) {
  const std::string terms(kReadmission);
  const auto with = [](const std::string& more) { return ReadTreaty(absl::StrCat(TreatyText(), more), "t"); };
  EXPECT_THAT(with(terms.substr(terms.find("readmission {"))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("readmission: belongs with a grant")));
  const size_t limits = terms.find("time_limits {");
  EXPECT_THAT(with(terms.substr(limits, terms.find("readmission {") - limits)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("time_limits[0]: belongs with a grant")));
}

TEST(ValidateReadmissionTest, ListsAreBounded) {
  const auto with = [](const char* from, const std::string& to) { return ReadTreaty(Changed(Whole(), from, to), "t"); };
  std::string steps, kinds;
  for (int i = 0; i < kMostOfTerms; ++i) absl::StrAppend(&steps, "steps { cites: \"1\" } ");
  for (int i = 0; i < kMostNamesOfTerms; ++i) absl::StrAppend(&kinds, "kinds: \"paper ", i, "\" ");
  EXPECT_THAT(with("crossing_points: \"Kordai\"", steps),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("steps[100]: is one too many; at most 100")));
  EXPECT_OK(with("kinds: \"passport\" kinds: \"seaman's book\"", kinds));
  EXPECT_THAT(with("kinds: \"passport\"", kinds),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("kinds[1000]: is one too many; at most 1000")));
}

TEST(ValidateReadmissionTest, AClockMayHaveALimitForEachProcedure) {
  EXPECT_OK(ReadTreaty(Changed(Whole(), "clock: CASE_CLOCK_REPLY\n  amount",
                               "clock: CASE_CLOCK_REPLY procedure: READMISSION_PROCEDURE_NORMAL amount"),
                       "t"));
}

}  // namespace
}  // namespace tamga::policy
