// When limits of time pass: worked examples, and what holds for all.
#include "policy/time_limit.h"

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "node/base/matchers.h"

namespace tamga::policy {
namespace {

v1::SetCalendar CalendarFrom(const char* text) {
  v1::SetCalendar calendar;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &calendar));
  return calendar;
}

// The requesting State, KAZ, has 9 March and 31 December 2026 off and works on Saturday, 14 March; the requested one,
// KGZ, has 10 March off. Neither has published 2027.
const Calendars& CalendarsOfTest() {
  static const auto& kazakh = *new v1::SetCalendar(CalendarFrom(
      "year: 2026 holidays: \"2026-03-09\" holidays: \"2026-12-31\" working_weekend_days: \"2026-03-14\""));
  static const auto& kyrgyz = *new v1::SetCalendar(CalendarFrom("year: 2026 holidays: \"2026-03-10\""));
  static const auto& calendars = *[] {
    auto* made = new Calendars();
    made->Set("KAZ", kazakh);
    made->Set("KGZ", kyrgyz);
    return made;
  }();
  return calendars;
}

v1::TimeLimit LimitFrom(const std::string& text) {
  v1::TimeLimit limit;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &limit)) << text;
  return limit;
}

absl::Time InstantFrom(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

struct LimitExample {
  const char* name;
  const char* limit;
  const char* start;
  const char* due;
};

void PrintTo(const LimitExample& example, std::ostream* out) { *out << example.name; }

std::string NameOfExample(const ::testing::TestParamInfo<LimitExample>& test) { return test.param.name; }

class TimeLimitExampleTest : public ::testing::TestWithParam<LimitExample> {};

TEST_P(TimeLimitExampleTest, PassesAtTheInstantThatALawyerWouldName) {
  const absl::Time due =
      DueAt(LimitFrom(GetParam().limit), InstantFrom(GetParam().start), {CalendarsOfTest(), "KAZ", "KGZ"});
  EXPECT_EQ(absl::FormatTime(due, absl::UTCTimeZone()),
            absl::FormatTime(InstantFrom(GetParam().due), absl::UTCTimeZone()));
}

INSTANTIATE_TEST_SUITE_P(Hours, TimeLimitExampleTest,
                         ::testing::Values(LimitExample{"TwoDaysToTheSecond", "amount: 48 unit: TIME_UNIT_HOURS",
                                                        "2026-03-01T10:15:30Z", "2026-03-03T10:15:30Z"},
                                           LimitExample{"AcrossTheYear", "amount: 72 unit: TIME_UNIT_HOURS",
                                                        "2026-12-30T23:00:00+05:00", "2027-01-02T23:00:00+05:00"}),
                         NameOfExample);

INSTANTIATE_TEST_SUITE_P(
    CalendarDays, TimeLimitExampleTest,
    ::testing::Values(
        LimitExample{"LateInTheEveningOfAlmaty", "time_zone: 'Asia/Almaty' amount: 25 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2026-03-01T18:30:00Z", "2026-03-27T00:00:00+05:00"},
        LimitExample{"WhichIsTheNextDayInBishkek", "time_zone: 'Asia/Bishkek' amount: 25 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2026-03-01T18:30:00Z", "2026-03-28T00:00:00+06:00"},
        LimitExample{"StartedAtMidnightItself", "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2026-03-02T00:00:00+05:00", "2026-03-04T00:00:00+05:00"},
        LimitExample{"FirstDayCounts",
                     "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS first_day_counts: true",
                     "2026-03-02T11:00:00+05:00", "2026-03-03T00:00:00+05:00"},
        LimitExample{"AcrossTheYear", "time_zone: 'Asia/Almaty' amount: 25 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2026-12-20T11:00:00+05:00", "2027-01-15T00:00:00+05:00"},
        LimitExample{"DaysOffCountLikeOthers", "time_zone: 'Asia/Almaty' amount: 3 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2026-03-06T11:00:00+05:00", "2026-03-10T00:00:00+05:00"}),
    NameOfExample);

INSTANTIATE_TEST_SUITE_P(
    Months, TimeLimitExampleTest,
    ::testing::Values(LimitExample{"OfTheSameNumber", "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS",
                                   "2026-03-15T11:00:00+05:00", "2026-04-16T00:00:00+05:00"},
                      LimitExample{"ToTheLastOfFebruary", "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS",
                                   "2026-01-31T11:00:00+05:00", "2026-03-01T00:00:00+05:00"},
                      LimitExample{"ToTheLastOfFebruaryOfALeapYear",
                                   "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS",
                                   "2028-01-31T11:00:00+05:00", "2028-03-01T00:00:00+05:00"},
                      LimitExample{"AcrossTheYear", "time_zone: 'Asia/Almaty' amount: 2 unit: TIME_UNIT_MONTHS",
                                   "2026-12-31T11:00:00+05:00", "2027-03-01T00:00:00+05:00"},
                      LimitExample{"FirstDayCounts",
                                   "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS first_day_counts: true",
                                   "2026-01-15T11:00:00+05:00", "2026-02-15T00:00:00+05:00"},
                      LimitExample{"AWholeMonthFromItsFirstDay",
                                   "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS first_day_counts: true",
                                   "2026-03-01T11:00:00+05:00", "2026-04-01T00:00:00+05:00"},
                      LimitExample{"FirstDayCountsAtTheEndOfAMonth",
                                   "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_MONTHS first_day_counts: true",
                                   "2026-01-31T11:00:00+05:00", "2026-03-01T00:00:00+05:00"}),
    NameOfExample);

INSTANTIATE_TEST_SUITE_P(
    WorkingDays, TimeLimitExampleTest,
    ::testing::Values(
        // From a Friday.
        LimitExample{
            "OfTheRequestingState",
            "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTING",
            "2026-03-06T11:00:00+05:00", "2026-03-11T00:00:00+05:00"},
        LimitExample{
            "OfTheRequestedState",
            "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTED",
            "2026-03-06T11:00:00+05:00", "2026-03-10T00:00:00+05:00"},
        LimitExample{"OfBoth",
                     "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_BOTH",
                     "2026-03-06T11:00:00+05:00", "2026-03-12T00:00:00+05:00"},
        LimitExample{
            "WhichIsALaterDayInBishkek",
            "time_zone: 'Asia/Bishkek' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTED",
            "2026-03-05T18:30:00Z", "2026-03-10T00:00:00+06:00"},
        LimitExample{
            "OneOfThemASaturdayThatIsWorkedOn",
            "time_zone: 'Asia/Almaty' amount: 4 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTING",
            "2026-03-10T11:00:00+05:00", "2026-03-15T00:00:00+05:00"},
        LimitExample{
            "WhichIsASaturdayToTheOtherState",
            "time_zone: 'Asia/Almaty' amount: 4 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTED",
            "2026-03-10T11:00:00+05:00", "2026-03-17T00:00:00+05:00"},
        LimitExample{
            "FirstDayCounts",
            "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTED "
            "first_day_counts: true",
            "2026-03-06T11:00:00+05:00", "2026-03-07T00:00:00+05:00"},
        LimitExample{
            "FirstDayCountsUnlessItIsADayOff",
            "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTED "
            "first_day_counts: true",
            "2026-03-07T11:00:00+05:00", "2026-03-10T00:00:00+05:00"},
        // 31 December is off by the calendar of 2026; of 2027 only the weekends are known.
        LimitExample{
            "IntoAYearThatIsNotPublished",
            "time_zone: 'Asia/Almaty' amount: 2 unit: TIME_UNIT_WORKING_DAYS holidays_of: CALENDAR_SIDE_REQUESTING",
            "2026-12-30T11:00:00+05:00", "2027-01-05T00:00:00+05:00"}),
    NameOfExample);

INSTANTIATE_TEST_SUITE_P(
    ClocksThatAreChanged, TimeLimitExampleTest,
    ::testing::Values(
        LimitExample{"MidnightIsLeftOut", "time_zone: 'America/Sao_Paulo' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2018-11-02T12:00:00-03:00", "2018-11-04T03:00:00Z"},
        // Kazakhstan put its clocks back by an hour as 29 February 2024 ended.
        LimitExample{"TheLastHourComesTwice", "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS",
                     "2024-02-28T12:00:00+06:00", "2024-03-01T00:00:00+05:00"},
        LimitExample{"StartedInTheHourThatComesTwice",
                     "time_zone: 'Asia/Almaty' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS", "2024-02-29T23:30:00+05:00",
                     "2024-03-02T00:00:00+05:00"},
        // A minute after midnight the clocks went back to 23:01.
        LimitExample{"MidnightComesTwice",
                     "time_zone: 'America/St_Johns' amount: 1 unit: TIME_UNIT_CALENDAR_DAYS first_day_counts: true",
                     "2010-11-07T02:45:00Z", "2010-11-08T03:30:00Z"}),
    NameOfExample);

// What the next test tries, by chance but always the same.
class Chances {
 public:
  int Below(int most) { return std::uniform_int_distribution<int>(0, most - 1)(engine_); }
  template <typename T>
  T OneOf(const std::vector<T>& values) {
    return values[static_cast<size_t>(Below(static_cast<int>(values.size())))];
  }

 private:
  std::mt19937 engine_{2026};
};

TEST(TimeLimitPropertyTest, IsNeverBeforeItsStartAndNeverEarlierForALaterStartOrForMore) {
  Chances chances;
  const std::vector<std::string> zones{"Asia/Almaty",       "Asia/Bishkek",     "UTC",
                                       "America/Sao_Paulo", "America/St_Johns", "America/Havana",
                                       "Asia/Beirut",       "Pacific/Apia",     "Australia/Lord_Howe"};
  const CountingDays days{CalendarsOfTest(), "KAZ", "KGZ"};
  for (int i = 0; i < 20'000; ++i) {
    v1::TimeLimit limit;
    limit.set_unit(static_cast<v1::TimeUnit>(1 + chances.Below(v1::TimeUnit_ARRAYSIZE - 1)));
    limit.set_holidays_of(static_cast<v1::CalendarSide>(1 + chances.Below(v1::CalendarSide_ARRAYSIZE - 1)));
    limit.set_time_zone(chances.OneOf(zones));
    limit.set_first_day_counts(chances.Below(2) == 0);
    limit.set_amount(static_cast<uint32_t>(1 + chances.Below(40)));
    const absl::Time start = InstantFrom("2005-01-01T00:00:00Z") + absl::Minutes(chances.Below(30 * 366 * 24 * 60));
    const absl::Time due = DueAt(limit, start, days);
    ASSERT_GT(due, start) << limit.ShortDebugString() << " from " << start;

    const absl::Time later = start + absl::Minutes(chances.Below(3 * 24 * 60));
    ASSERT_GE(DueAt(limit, later, days), due) << limit.ShortDebugString() << " from " << start << " or " << later;

    v1::TimeLimit more = limit;
    more.set_amount(limit.amount() + static_cast<uint32_t>(chances.Below(3)));
    ASSERT_GE(DueAt(more, start, days), due) << more.ShortDebugString() << " from " << start;
  }
}

TEST(TimeLimitTest, CountedOnceMoreItIsDoubled) {
  const CountingDays days{CalendarsOfTest(), "KAZ", "KGZ"};
  for (const char* first_day : {"", " first_day_counts: true"}) {
    for (const char* unit : {"TIME_UNIT_HOURS", "TIME_UNIT_CALENDAR_DAYS", "TIME_UNIT_WORKING_DAYS"}) {
      v1::TimeLimit limit = LimitFrom(
          absl::StrCat("time_zone: 'Asia/Almaty' amount: 12 holidays_of: CALENDAR_SIDE_BOTH unit: ", unit, first_day));
      const absl::Time start = InstantFrom("2026-03-02T11:00:00+05:00");
      const absl::Time once_more = DueOnceMore(limit, DueAt(limit, start, days), days);
      limit.set_amount(24);
      EXPECT_EQ(once_more, DueAt(limit, start, days)) << limit.ShortDebugString();
    }
  }
}

TEST(TimeLimitTest, NoneEndsAfterTheYearsThatATimestampCanTell) {
  const CountingDays days{CalendarsOfTest(), "KAZ", "KGZ"};
  for (const char* unit :
       {"TIME_UNIT_HOURS", "TIME_UNIT_CALENDAR_DAYS", "TIME_UNIT_WORKING_DAYS", "TIME_UNIT_MONTHS"}) {
    const v1::TimeLimit limit = LimitFrom(
        absl::StrCat("time_zone: 'America/Sao_Paulo' amount: 40 holidays_of: CALENDAR_SIDE_BOTH unit: ", unit));
    EXPECT_EQ(DueAt(limit, InstantFrom("9999-12-31T12:00:00Z"), days), InstantFrom("9999-12-31T23:59:59Z")) << unit;
  }
}

}  // namespace
}  // namespace tamga::policy
