#include "policy/spans.h"

#include "gtest/gtest.h"
#include "policy/standing_fixture.h"

namespace tamga::policy {
namespace {

Span Between(const char* from, const char* until) { return {DayStart(from), DayStart(until)}; }

TEST(SpansTest, HoldNoEmptySpan) {
  EXPECT_EQ(TextOf(Only(Between("2020-01-01", "2020-01-02"))), "2020-01-01..2020-01-02");
  EXPECT_EQ(TextOf(Only(Between("2020-01-02", "2020-01-02"))), "");
  EXPECT_EQ(TextOf(Only(Between("2020-01-03", "2020-01-02"))), "");
  EXPECT_EQ(TextOf(Always()), "..");
  EXPECT_EQ(TextOf(Since(DayStart("2020-01-01"))), "2020-01-01..");
  EXPECT_EQ(TextOf(Until(DayStart("2020-01-01"))), "..2020-01-01");
}

TEST(SpansTest, JoinWhereTheyTouch) {
  const Spans first = {Between("2020-01-01", "2020-02-01"), Between("2021-01-01", "2021-02-01")};
  EXPECT_EQ(TextOf(Unite(first, {Between("2020-02-01", "2020-03-01")})),
            "2020-01-01..2020-03-01 2021-01-01..2021-02-01");
  EXPECT_EQ(TextOf(Unite(first, {Between("2019-01-01", "2022-01-01")})), "2019-01-01..2022-01-01");
  EXPECT_EQ(TextOf(Unite({}, {})), "");
}

TEST(SpansTest, KeepWhatIsCommon) {
  const Spans first = {Between("2020-01-01", "2020-02-01"), Between("2021-01-01", "2021-02-01")};
  EXPECT_EQ(TextOf(Intersect(first, {Between("2020-01-15", "2021-01-15")})),
            "2020-01-15..2020-02-01 2021-01-01..2021-01-15");
  EXPECT_EQ(TextOf(Intersect(first, {Between("2020-02-01", "2021-01-01")})), "");
  EXPECT_EQ(TextOf(Intersect(first, Always())), TextOf(first));
}

TEST(SpansTest, LoseWhatIsTakenAway) {
  EXPECT_EQ(TextOf(Subtract(Always(), {Between("2020-01-01", "2020-02-01")})), "..2020-01-01 2020-02-01..");
  EXPECT_EQ(TextOf(Subtract({Between("2020-01-01", "2020-03-01")}, Since(DayStart("2020-02-01")))),
            "2020-01-01..2020-02-01");
  EXPECT_EQ(TextOf(Subtract(Always(), Always())), "");
  EXPECT_EQ(TextOf(Subtract({}, Always())), "");
  EXPECT_EQ(TextOf(Subtract(Always(), {})), "..");
}

TEST(SpansTest, HoldTheirFirstInstantAndNotTheirLast) {
  const Spans spans = {Between("2020-01-01", "2020-02-01")};
  EXPECT_TRUE(IsWithin(spans, DayStart("2020-01-01")));
  EXPECT_FALSE(IsWithin(spans, DayStart("2020-01-01") - absl::Nanoseconds(1)));
  EXPECT_TRUE(IsWithin(spans, DayStart("2020-02-01") - absl::Nanoseconds(1)));
  EXPECT_FALSE(IsWithin(spans, DayStart("2020-02-01")));
}

}  // namespace
}  // namespace tamga::policy
