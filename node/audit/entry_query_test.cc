#include "node/audit/entry_query.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"

namespace tamga::audit {
namespace {

using v1::ListEntriesRequest;

TEST(EntryQueryTest, AnEmptyRequestAsksForAllEntries) {
  ASSERT_OK_AND_ASSIGN(const store::EntryFilter filter, FilterOf({}));
  EXPECT_FALSE(filter.since || filter.until);
  EXPECT_EQ(filter.partner + filter.partner_state, "");
  EXPECT_EQ(filter.kind, 0);
  EXPECT_EQ(filter.outcome, 0);
}

TEST(EntryQueryTest, EveryConditionOfTheRequestIsTakenOver) {
  ListEntriesRequest request;
  request.mutable_since()->set_seconds(100);
  request.mutable_until()->set_seconds(200);
  request.set_partner("KGZ/interior-ministry");
  request.set_kind(v1::ENTRY_KIND_ANSWERED);
  request.set_outcome(v1::ENTRY_OUTCOME_DENIED);
  ASSERT_OK_AND_ASSIGN(const store::EntryFilter filter, FilterOf(request));
  EXPECT_EQ(filter.since, absl::FromUnixSeconds(100));
  EXPECT_EQ(filter.until, absl::FromUnixSeconds(200));
  EXPECT_EQ(filter.partner, "KGZ/interior-ministry");
  EXPECT_EQ(filter.kind, v1::ENTRY_KIND_ANSWERED);
  EXPECT_EQ(filter.outcome, v1::ENTRY_OUTCOME_DENIED);
}

struct BadQuery {
  const char* name;
  const char* field;
  std::function<void(ListEntriesRequest&)> spoil;
};

class BadQueryTest : public testing::TestWithParam<BadQuery> {};

TEST_P(BadQueryTest, IsRefusedByNameOfItsField) {
  ListEntriesRequest request;
  GetParam().spoil(request);
  const absl::Status status = FilterOf(request).status();
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(status)["field"], GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    AllFields, BadQueryTest,
    testing::Values(
        BadQuery{"SinceBeforeYearOne", "since",
                 [](ListEntriesRequest& r) { r.mutable_since()->set_seconds(-62135596801); }},
        BadQuery{"UntilAfterYear9999", "until",
                 [](ListEntriesRequest& r) { r.mutable_until()->set_seconds(253402300800); }},
        BadQuery{"NegativeNanos", "since", [](ListEntriesRequest& r) { r.mutable_since()->set_nanos(-1); }},
        BadQuery{"TooManyNanos", "until", [](ListEntriesRequest& r) { r.mutable_until()->set_nanos(1'000'000'000); }},
        BadQuery{"EmptyPeriod", "until",
                 [](ListEntriesRequest& r) {
                   r.mutable_since()->set_seconds(5);
                   r.mutable_until()->set_seconds(5);
                 }},
        BadQuery{"PartnerIsNoAgency", "partner", [](ListEntriesRequest& r) { r.set_partner("Kyrgyzstan"); }},
        BadQuery{"UnknownKind", "kind", [](ListEntriesRequest& r) { r.set_kind(static_cast<v1::EntryKind>(99)); }},
        BadQuery{"UnknownOutcome", "outcome",
                 [](ListEntriesRequest& r) { r.set_outcome(static_cast<v1::EntryOutcome>(99)); }}),
    [](const testing::TestParamInfo<BadQuery>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tamga::audit
