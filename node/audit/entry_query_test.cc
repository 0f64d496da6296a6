#include "node/audit/entry_query.h"

#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"

namespace tamga::audit {
namespace {

using v1::ListEntriesRequest;

const exchange::Pseudonyms kPseudonyms("key");

TEST(EntryQueryTest, AnEmptyRequestAsksForAllEntries) {
  ASSERT_OK_AND_ASSIGN(const store::EntryFilter filter, FilterOf(ListEntriesRequest(), kPseudonyms));
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
  request.set_treaty_id("PALERMO-TIP-2000");
  request.set_article("PALERMO-TIP-2000 art. 10.1");
  request.set_record_kind(v1::RECORD_KIND_TRAFFICKING);
  request.set_operation(v1::OPERATION_TRAFFICKING_SHARE);
  request.set_asker("spiffe://kaz.tamga/border-service/system/lane-7");
  request.set_officer("1147");
  request.set_case_reference("2026/17");
  request.set_exchange_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ab");
  ASSERT_OK_AND_ASSIGN(const store::EntryFilter filter, FilterOf(request, kPseudonyms));
  EXPECT_EQ(filter.since, absl::FromUnixSeconds(100));
  EXPECT_EQ(filter.until, absl::FromUnixSeconds(200));
  EXPECT_EQ(filter.partner, "KGZ/interior-ministry");
  EXPECT_EQ(filter.kind, v1::ENTRY_KIND_ANSWERED);
  EXPECT_EQ(filter.outcome, v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(filter.treaty_id, "PALERMO-TIP-2000");
  EXPECT_EQ(filter.article, "PALERMO-TIP-2000 art. 10.1");
  EXPECT_EQ(filter.record_kind, v1::RECORD_KIND_TRAFFICKING);
  EXPECT_EQ(filter.operation, v1::OPERATION_TRAFFICKING_SHARE);
  v1::Asker asker;
  asker.set_principal(request.asker());
  asker.set_officer("1147");
  EXPECT_EQ(filter.asker, kPseudonyms.OfAsker(asker).substr(0, 16));
  EXPECT_EQ(filter.case_file, kPseudonyms.OfCase("2026/17").substr(0, 16));
  EXPECT_EQ(filter.exchange_id.size(), 16u);
  EXPECT_THAT(filter.without_kinds, testing::IsEmpty());
  request.set_without_readings(true);
  ASSERT_OK_AND_ASSIGN(const store::EntryFilter unread, FilterOf(request, kPseudonyms));
  EXPECT_THAT(unread.without_kinds, testing::ElementsAre(v1::ENTRY_KIND_READ));
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
  const absl::Status status = FilterOf(request, kPseudonyms).status();
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
                 [](ListEntriesRequest& r) { r.set_outcome(static_cast<v1::EntryOutcome>(99)); }},
        BadQuery{"UnknownRecordKind", "record_kind",
                 [](ListEntriesRequest& r) { r.set_record_kind(static_cast<v1::RecordKind>(99)); }},
        BadQuery{"UnknownOperation", "operation",
                 [](ListEntriesRequest& r) { r.set_operation(static_cast<v1::Operation>(99)); }},
        BadQuery{"TreatyWithALineFeed", "treaty_id", [](ListEntriesRequest& r) { r.set_treaty_id("A\nB"); }},
        BadQuery{"ArticleWithALineFeed", "article", [](ListEntriesRequest& r) { r.set_article("A art. 1\n"); }},
        BadQuery{"ArticleTooLong", "article", [](ListEntriesRequest& r) { r.set_article(std::string(201, 'a')); }},
        BadQuery{"AskerIsNoSpiffeId", "asker", [](ListEntriesRequest& r) { r.set_asker("lane-7"); }},
        BadQuery{"OfficerWithoutAsker", "officer", [](ListEntriesRequest& r) { r.set_officer("1147"); }},
        BadQuery{"CaseReferenceWithASpace", "case_reference",
                 [](ListEntriesRequest& r) { r.set_case_reference("case 7"); }},
        BadQuery{"ExchangeIsNoUuid", "exchange_id", [](ListEntriesRequest& r) { r.set_exchange_id("7"); }}),
    [](const testing::TestParamInfo<BadQuery>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tamga::audit
