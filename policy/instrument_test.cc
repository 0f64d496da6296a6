// What every act of a State must say.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/treaty_document.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

// HASH in an act stands for some hash.
absl::StatusOr<v1::Instrument> Read(absl::string_view act) {
  return ReadInstrument(
      absl::StrReplaceAll(InstrumentText("AAA", "2024-05-01", act), {{"HASH", "\"" + SomeHash() + "\""}}), "i");
}

struct Act {
  const char* name;
  const char* text;
};

void PrintTo(const Act& act, std::ostream* out) { *out << act.name; }

class GoodActTest : public testing::TestWithParam<Act> {};

TEST_P(GoodActTest, IsRead) { EXPECT_OK(Read(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(
    All, GoodActTest,
    testing::Values(
        Act{"Sign", "sign { document { id: \"SMALL\" sha256: HASH } }"},
        Act{"Ratify", "ratify { document { id: \"SMALL\" sha256: HASH } }"},
        Act{"RatifyAll",
            "ratify { document { id: \"SMALL\" sha256: HASH } in_force_from: \"2003-12-25\" "
            "acknowledges_widening: true rendering_sha256: HASH }"},
        Act{"Exclude", "reserve { id: \"a\" treaty_id: \"SMALL\" excluded_articles: \"1\" }"},
        Act{"Narrow",
            "reserve { id: \"a\" treaty_id: \"SMALL\" narrowing { prohibitions { id: \"p\" cites: \"1\" } } }"},
        Act{"Object", "object { to_state: \"BBB\" treaty_id: \"SMALL\" reservation_id: \"a\" }"},
        Act{"Withdraw", "withdraw { number: 4 }"}, Act{"Suspend", "suspend { treaty_id: \"SMALL\" }"},
        Act{"SuspendInPart", "suspend { treaty_id: \"SMALL\" towards: \"BBB\" articles: \"1\" until: \"2024-05-02\" }"},
        Act{"Resume", "resume { number: 5 }"}, Act{"Denounce", "denounce { treaty_id: \"SMALL\" }"},
        Act{"ChangeKeys", "change_keys { office { state: \"AAA\" keys: HASH threshold: 1 } }"},
        Act{"ChangeAuthorities", "change_authorities { treaty_id: \"SMALL\" agencies: \"AAA/police\" }"},
        Act{"SetCalendar", "set_calendar { year: 2024 holidays: \"2024-05-07\" working_weekend_days: \"2024-05-04\" }"},
        Act{"EmptyYear", "set_calendar { year: 2024 }"},
        Act{"Adopt", "adopt { overlay { id: \"LAW\" sha256: HASH } }"}),
    [](const testing::TestParamInfo<Act>& test) { return test.param.name; });

struct BadAct {
  const char* name;
  const char* text;
  const char* finding;
};

void PrintTo(const BadAct& act, std::ostream* out) { *out << act.name; }

class BadActTest : public testing::TestWithParam<BadAct> {};

TEST_P(BadActTest, IsRefused) {
  const auto result = Read(GetParam().text);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().finding)));
  EXPECT_THAT(result, HasReason("INSTRUMENT_INVALID"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadActTest,
    testing::Values(
        BadAct{"Nothing", "", "i:1:1: state: does nothing; write one act"},
        BadAct{"TwoActs", "withdraw { number: 4 } resume { number: 4 }", "i:4:"},
        BadAct{"SignNothing", "sign { }", "i:4:1: sign.document.id: must be"},
        BadAct{"SignWithoutHash", "sign { document { id: \"SMALL\" } }", "sign.document.sha256: must be the SHA-256"},
        BadAct{"RatifyByName", "ratify { document { id: \"SMALL\" } }", "ratify.document.sha256: must be the SHA-256"},
        BadAct{"RatifyUpperCase", "ratify { document { id: \"SMALL\" sha256: \"ABCDEF\" } }", "sha256: must be"},
        BadAct{"RatifyFromNoDay", "ratify { document { id: \"S\" sha256: HASH } in_force_from: \"2003\" }",
               "ratify.in_force_from: must be a day"},
        BadAct{"RatifyRendering", "ratify { document { id: \"S\" sha256: HASH } rendering_sha256: \"1\" }",
               "ratify.rendering_sha256: must be"},
        BadAct{"ReserveNothing", "reserve { id: \"a\" treaty_id: \"SMALL\" }", "reserve.id: reserves nothing"},
        BadAct{"ReserveNoId", "reserve { treaty_id: \"SMALL\" excluded_articles: \"1\" }", "reserve.id: must be"},
        BadAct{"ReserveNoTreaty", "reserve { id: \"a\" excluded_articles: \"1\" }", "reserve.treaty_id: must be"},
        BadAct{"ReserveArticleForm", "reserve { id: \"a\" treaty_id: \"S\" excluded_articles: \"1 a\" }",
               "reserve.excluded_articles[0]: must be a number as cited"},
        BadAct{"ReserveArticleTwice",
               "reserve { id: \"a\" treaty_id: \"S\" excluded_articles: \"1\" excluded_articles: \"1\" }",
               "reserve.excluded_articles[1]: stands here"},
        BadAct{"ReserveGrant", "reserve { id: \"a\" treaty_id: \"S\" narrowing { grants { } } }", "has no field named"},
        BadAct{"ReserveRuleWithoutCite", "reserve { id: \"a\" treaty_id: \"S\" narrowing { duties { id: \"d\" } } }",
               "reserve.narrowing.duties[0].id: cites no article"},
        BadAct{"ReserveCiteForm",
               "reserve { id: \"a\" treaty_id: \"S\" narrowing { ceilings { id: \"d\" cites: \"a b\" } } }",
               "reserve.narrowing.ceilings[0].cites[0]: must be a number"},
        BadAct{"ObjectToItself", "object { to_state: \"AAA\" treaty_id: \"S\" reservation_id: \"a\" }",
               "object.to_state: must be another State"},
        BadAct{"ObjectToNobody", "object { treaty_id: \"S\" reservation_id: \"a\" }",
               "object.to_state: must be an ISO"},
        BadAct{"ObjectToNothing", "object { to_state: \"BBB\" treaty_id: \"S\" }", "object.reservation_id: must be"},
        BadAct{"WithdrawNothing", "withdraw { }", "withdraw.number: is required"},
        BadAct{"SuspendNothing", "suspend { }", "suspend.treaty_id: must be"},
        BadAct{"SuspendTowardsItself", "suspend { treaty_id: \"S\" towards: \"AAA\" }",
               "suspend.towards[0]: must be an"},
        BadAct{"SuspendTwice", "suspend { treaty_id: \"S\" towards: \"BBB\" towards: \"BBB\" }", "towards[1]: stands"},
        BadAct{"SuspendArticle", "suspend { treaty_id: \"S\" articles: \"\" }", "suspend.articles[0]: must be"},
        BadAct{"SuspendUntilNoDay", "suspend { treaty_id: \"S\" until: \"soon\" }", "suspend.until: must be a day"},
        BadAct{"SuspendUntilItBegins", "suspend { treaty_id: \"S\" until: \"2024-05-01\" }",
               "suspend.until: must be later than effective_on"},
        BadAct{"ResumeNothing", "resume { }", "resume.number: is required"},
        BadAct{"DenounceNothing", "denounce { }", "denounce.treaty_id: must be"},
        BadAct{"KeysOfNobody", "change_keys { }", "change_keys.office.state: must be an ISO"},
        BadAct{"KeysOfAnother", "change_keys { office { state: \"BBB\" keys: HASH threshold: 1 } }",
               "change_keys.office.state: must be the State that acts"},
        BadAct{"KeysWithoutThreshold", "change_keys { office { state: \"AAA\" keys: HASH } }",
               "change_keys.office.threshold: is required"},
        BadAct{"NoAuthorities", "change_authorities { treaty_id: \"S\" }", "change_authorities: has no agencies"},
        BadAct{"AuthorityOfAnother", "change_authorities { treaty_id: \"S\" agencies: \"BBB/police\" }",
               "change_authorities.agencies[0]: must be an agency of AAA"},
        BadAct{"NoYear", "set_calendar { }", "set_calendar.year: must be from 1990 to 2200"},
        BadAct{"HolidayOfAnotherYear", "set_calendar { year: 2024 holidays: \"2025-05-07\" }",
               "set_calendar.holidays[0]: must be in the year 2024"},
        BadAct{"HolidayOnASunday", "set_calendar { year: 2024 holidays: \"2024-05-05\" }",
               "set_calendar.holidays[0]: is a Saturday or Sunday"},
        BadAct{"WorkOnAMonday", "set_calendar { year: 2024 working_weekend_days: \"2024-05-06\" }",
               "set_calendar.working_weekend_days[0]: is no Saturday or Sunday"},
        BadAct{"HolidayTwice", "set_calendar { year: 2024 holidays: \"2024-05-07\" holidays: \"2024-05-07\" }",
               "set_calendar.holidays[1]: stands here"},
        BadAct{"HolidayIsNoDay", "set_calendar { year: 2024 holidays: \"7 May\" }", "holidays[0]: must be a day"},
        BadAct{"AdoptNothing", "adopt { }", "adopt.overlay.id: must be"}),
    [](const testing::TestParamInfo<BadAct>& test) { return test.param.name; });

TEST(InstrumentTest, SaysWhoActsFromWhenAndWhereItIsPublished) {
  const std::string text = InstrumentText("AAA", "2024-05-01", "withdraw { number: 1 }");
  EXPECT_THAT(ReadInstrument(Changed(text, "\"AAA\"", "\"Aaa\""), "i"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("i:1:1: state: must be an ISO 3166")));
  EXPECT_THAT(ReadInstrument(Changed(text, "2024-05-01", "2024-02-30"), "i"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("i:2:1: effective_on: must be a day")));
  EXPECT_THAT(ReadInstrument(Changed(text, "Gazette 1", ""), "i"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("i:3:1: citation: is required")));
}

}  // namespace
}  // namespace tamga::policy
