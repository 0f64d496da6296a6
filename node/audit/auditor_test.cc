#include "node/audit/auditor.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/reading_log.h"
#include "node/audit/test_auditor.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"

namespace tamga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kUnknownExchange[] = "018f3c2e-7b1a-7c3d-9e4f-0123456789ab";

TEST_F(AuditorTest, ReadingIsLoggedAndAForeignAuditorSeesHisOwnAlone) {
  ManualClock clock(log_.last());
  SeededRng rng(1);
  const ReadingLog readings({"KAZ/border-service", log_.sequencer(), log_.pseudonyms(), clock, rng});
  ASSERT_OK(readings.Add(kyrgyz_, "ListEntries"));
  ASSERT_OK(readings.Add({kyrgyz_.agency, certs::Role::kAuditor, "auditor-2"}, "GetExchange"));
  ASSERT_OK(readings.Add(own_, "ListEntries"));
  EXPECT_THAT(List(own_), ElementsAre(2, 1, 0));
  v1::ListEntriesRequest without;
  without.set_without_readings(true);
  EXPECT_THAT(List(own_, without), IsEmpty());
  EXPECT_THAT(List(kyrgyz_, without), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse seen, auditor_.ListEntries(kyrgyz_, {}));
  ASSERT_THAT(Indices(seen), ElementsAre(0));
  EXPECT_EQ(seen.entries(0).entry().kind(), v1::ENTRY_KIND_READ);
  EXPECT_EQ(seen.entries(0).entry().read(), "ListEntries");
  EXPECT_EQ(seen.entries(0).entry().partner(), kyrgyz_.agency);
  v1::ProveInclusionRequest prove;
  EXPECT_OK(auditor_.ProveInclusion(kyrgyz_, prove));
  prove.set_index(1);
  EXPECT_THAT(auditor_.ProveInclusion(kyrgyz_, prove), HasReason("ENTRY_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const v1::GetStatisticsResponse statistics, auditor_.GetStatistics(kyrgyz_, {}));
  ASSERT_THAT(statistics.counts(), SizeIs(1));
  EXPECT_EQ(statistics.counts(0).count(), 1u);
}

TEST_F(AuditorTest, WhichExchangeWasReadIsLogged) {
  const ReadingLog readings = log_.MakeReadingLog();
  ASSERT_OK(readings.Add(own_, "GetExchange", kUnknownExchange));
  ASSERT_OK(readings.Add(own_, "GetEvidence"));
  ASSERT_OK(readings.Add(own_, "GetEvidence", "no id"));
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse seen, auditor_.ListEntries(own_, {}));
  ASSERT_THAT(seen.entries(), SizeIs(3));
  EXPECT_EQ(FormatUuid(seen.entries(2).entry().read_exchange_id()), kUnknownExchange);
  EXPECT_EQ(seen.entries(1).entry().read_exchange_id(), "");
  EXPECT_EQ(seen.entries(0).entry().read_exchange_id(), "");
}

TEST_F(AuditorTest, EntriesAreCountedByDayAndWhatTheySay) {
  for (int i = 0; i < 3; ++i) {
    log_.Add([](v1::LogEntry& entry) {
      entry.set_treaty_id("T-1");
      entry.add_articles("T-1 art. 2");
      entry.add_articles("T-1 art. 3");
      entry.set_operation(v1::OPERATION_WATCHLIST_CHECK);
    });
  }
  log_.Add(kUzbek);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_WITHHELD);
  ASSERT_OK_AND_ASSIGN(const v1::GetStatisticsResponse all, auditor_.GetStatistics(own_, {}));
  ASSERT_THAT(all.counts(), SizeIs(4));  // two articles, and two entries that cite none
  EXPECT_EQ(all.counts(1).article(), "T-1 art. 2");
  EXPECT_EQ(all.counts(1).count(), 3u);
  EXPECT_EQ(all.counts(1).partner(), kKyrgyz);
  EXPECT_EQ(all.counts(1).day(), absl::FormatTime("%Y-%m-%d", log_.last(), absl::UTCTimeZone()));
  EXPECT_EQ(all.counts(2).article(), "T-1 art. 3");
  EXPECT_EQ(all.counts(2).count(), 3u);
  EXPECT_EQ(all.counts(3).partner(), kUzbek);
  ASSERT_OK_AND_ASSIGN(const v1::GetStatisticsResponse seen, auditor_.GetStatistics(kyrgyz_, {}));
  EXPECT_THAT(seen.counts(), SizeIs(2));
  v1::GetStatisticsRequest request;
  request.set_treaty_id("T-2");
  ASSERT_OK_AND_ASSIGN(const v1::GetStatisticsResponse none, auditor_.GetStatistics(own_, request));
  EXPECT_THAT(none.counts(), IsEmpty());
  request.set_partner("Kyrgyzstan");
  EXPECT_THAT(auditor_.GetStatistics(own_, request), HasReason("INVALID_FIELD"));
}

TEST_F(AuditorTest, AnExchangeIsGivenWithAllItsEntriesOldestFirst) {
  const std::string exchange_id = log_.Add(kKyrgyz, v1::ENTRY_KIND_RECEIVED);
  log_.Add(kUzbek);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_ANSWERED, exchange_id);
  v1::GetExchangeRequest request;
  request.set_exchange_id(exchange_id);
  for (const certs::Principal& caller : {own_, kyrgyz_}) {
    ASSERT_OK_AND_ASSIGN(const v1::GetExchangeResponse response, auditor_.GetExchange(caller, request));
    ASSERT_THAT(response.entries(), SizeIs(2));
    EXPECT_EQ(response.entries(0).entry().kind(), v1::ENTRY_KIND_RECEIVED);
    EXPECT_EQ(response.entries(1).entry().kind(), v1::ENTRY_KIND_ANSWERED);
  }
}

TEST_F(AuditorTest, AThirdStatesExchangeIsAnsweredAsOneThatDoesNotExist) {
  v1::GetExchangeRequest existing, missing;
  existing.set_exchange_id(log_.Add(kUzbek));
  missing.set_exchange_id(kUnknownExchange);
  const absl::Status hidden = auditor_.GetExchange(kyrgyz_, existing).status();
  EXPECT_THAT(hidden, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(hidden, HasReason("EXCHANGE_UNKNOWN"));
  EXPECT_EQ(hidden, auditor_.GetExchange(kyrgyz_, missing).status());
  EXPECT_OK(auditor_.GetExchange(uzbek_, existing));
}

TEST_F(AuditorTest, OfAnIdUsedTowardsTwoStatesEachSeesItsOwnEntries) {
  v1::GetExchangeRequest request;
  request.set_exchange_id(log_.Add(kUzbek));
  log_.Add(kKyrgyz, v1::ENTRY_KIND_RECEIVED, request.exchange_id());
  ASSERT_OK_AND_ASSIGN(const v1::GetExchangeResponse response, auditor_.GetExchange(kyrgyz_, request));
  ASSERT_THAT(response.entries(), SizeIs(1));
  EXPECT_EQ(response.entries(0).entry().partner(), kKyrgyz);
}

TEST_F(AuditorTest, AnExchangeIdThatIsNoUuidIsRefused) {
  v1::GetExchangeRequest request;
  request.set_exchange_id("case 7");
  EXPECT_THAT(auditor_.GetExchange(own_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exchange_id")));
}

TEST_F(AuditorTest, WhatNobodyWaitsForEnds) {
  for (int i = 0; i < 3'000; ++i) log_.Add(kKyrgyz);
  v1::ListEntriesRequest list;
  list.set_page_size(500);
  const auto stop = [] { return true; };
  EXPECT_THAT(auditor_.ListEntries(own_, list, stop), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(auditor_.GetStatistics(own_, {}, stop), StatusIs(absl::StatusCode::kCancelled));
  // The connection serves the next as before.
  EXPECT_OK(auditor_.ListEntries(own_, list));
  EXPECT_OK(auditor_.GetStatistics(own_, {}));
}

}  // namespace
}  // namespace tamga::audit
