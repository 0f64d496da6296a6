#include "adapters/partial_date.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

v1::PartialDate Date(uint32_t year, uint32_t month, uint32_t day) {
  v1::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(PartialDate, AllowsUnknownPartsAndDaysThatExist) {
  EXPECT_TRUE(IsPossible(Date(0, 0, 0)));
  EXPECT_TRUE(IsPossible(Date(1975, 0, 0)));
  EXPECT_TRUE(IsPossible(Date(0, 2, 29)));
  EXPECT_TRUE(IsPossible(Date(1992, 2, 29)));
  EXPECT_FALSE(IsPossible(Date(1991, 2, 29)));
  EXPECT_FALSE(IsPossible(Date(1900, 2, 29)));
  EXPECT_FALSE(IsPossible(Date(1991, 13, 0)));
  EXPECT_FALSE(IsPossible(Date(1991, 0, 5)));
  EXPECT_FALSE(IsPossible(Date(10000, 1, 1)));
}

TEST(PartialDate, ReadsThreeForms) {
  for (const char* text : {"1964-04-13", "1964-04", "1964"}) EXPECT_OK(ReadPartialDate("d", text)) << text;
  EXPECT_EQ(ReadPartialDate("d", "1964-04-13")->day(), 13u);
  EXPECT_EQ(ReadPartialDate("d", "1964")->month(), 0u);
}

TEST(PartialDate, RefusesOtherTextsWithoutRepeatingThem) {
  for (const char* text : {"", "19640413", "1964-4-13", "1964/04/13", "1964-00-13", "1964-04-00", "1964-02-30", "0000",
                           "+964", " 964", "1964-04-1x", "1964-04-130", "-1-1-1-1-1"}) {
    EXPECT_THAT(ReadPartialDate("born", text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "born: must be a date that exists, as YYYY-MM-DD, YYYY-MM or YYYY"))
        << text;
  }
}

TEST(PartialDate, RefusesImplausibleYears) {
  EXPECT_OK(CheckPartialDate("d", Date(0, 5, 0)));
  EXPECT_OK(CheckPartialDate("d", Date(1850, 1, 1)));
  EXPECT_THAT(CheckPartialDate("d", Date(1849, 1, 1)), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckPartialDate("d", Date(2101, 1, 1)), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::adapters
