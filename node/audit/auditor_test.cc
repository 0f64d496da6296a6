#include "node/audit/auditor.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/audit/reading_log.h"
#include "node/audit/test_log.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/test_node.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::audit {
namespace {

using exchange::kKyrgyz;
using exchange::kUzbek;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kUnknownExchange[] = "018f3c2e-7b1a-7c3d-9e4f-0123456789ab";

std::vector<uint64_t> Indices(const v1::ListEntriesResponse& response) {
  std::vector<uint64_t> indices;
  for (const v1::IndexedEntry& entry : response.entries()) indices.push_back(entry.position().index());
  return indices;
}

class AuditorTest : public testing::Test {
 protected:
  std::vector<uint64_t> List(const certs::Principal& caller, const v1::ListEntriesRequest& request = {}) {
    const absl::StatusOr<v1::ListEntriesResponse> response = auditor_.ListEntries(caller, request);
    EXPECT_OK(response);
    return response.ok() ? Indices(*response) : std::vector<uint64_t>();
  }

  // All messages of an audit.
  std::vector<v1::VerifyLogResponse> Verify(const certs::Principal& caller) {
    std::vector<v1::VerifyLogResponse> sent;
    EXPECT_OK(auditor_.VerifyLog(caller, [&](const v1::VerifyLogResponse& response) {
      sent.push_back(response);
      return true;
    }));
    return sent;
  }

  TestLog log_;
  const Auditor auditor_ = log_.MakeAuditor();
  const certs::Principal own_ = AuditorOf("KAZ/prosecutor-general");
  const certs::Principal kyrgyz_ = AuditorOf("KGZ/prosecutor-general");
  const certs::Principal uzbek_ = AuditorOf("UZB/prosecutor-general");
};

// However many there are of it, and however many others between.
TEST_F(AuditorTest, WhatAKeySealedIsFoundPageByPage) {
  const std::string lost(32, 'k');
  std::vector<uint64_t> expected;
  for (uint64_t i = 0; i < 600; ++i) {
    const bool is_sealed = i % 90 == 7;
    log_.Add([&](v1::LogEntry& entry) { entry.set_seal_key_id(is_sealed ? lost : std::string(32, 'o')); });
    if (is_sealed) expected.insert(expected.begin(), i);
  }
  v1::ListEntriesRequest request;
  request.set_seal_key_id(HexEncode(lost));
  EXPECT_EQ(List(own_, request), expected);
  std::vector<uint64_t> found;
  request.set_page_size(3);
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse page, auditor_.ListEntries(own_, request));
    EXPECT_LE(page.entries_size(), 3);
    for (const uint64_t index : Indices(page)) found.push_back(index);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found, expected);
  v1::ListEntriesRequest of_another;
  of_another.set_seal_key_id(HexEncode(std::string(32, 'x')));
  EXPECT_THAT(List(own_, of_another), IsEmpty());
  for (const std::string& bad : {std::string("abc"), std::string(64, 'A'), std::string(66, 'a')}) {
    of_another.set_seal_key_id(bad);
    EXPECT_THAT(auditor_.ListEntries(own_, of_another), HasReason("INVALID_FIELD")) << bad;
  }
}

TEST_F(AuditorTest, AnAuditorOfTheOwnStateSeesEveryEntryNewestFirst) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  log_.Add("KAZ/interior-ministry");
  EXPECT_THAT(List(own_), ElementsAre(2, 1, 0));
}

TEST_F(AuditorTest, AForeignAuditorSeesOnlyExchangesWithItsOwnState) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  log_.Add("KGZ/border-service");
  log_.Add("KAZ/interior-ministry");
  EXPECT_THAT(List(kyrgyz_), ElementsAre(2, 0));
  EXPECT_THAT(List(uzbek_), ElementsAre(1));
  EXPECT_THAT(List(AuditorOf("TJK/prosecutor-general")), IsEmpty());
}

TEST_F(AuditorTest, AForeignAuditorDoesNotWidenTheViewByNamingAThirdStatesAgency) {
  log_.Add(kUzbek);
  v1::ListEntriesRequest request;
  request.set_partner(kUzbek);
  EXPECT_THAT(List(own_, request), ElementsAre(0));
  EXPECT_THAT(List(kyrgyz_, request), IsEmpty());
}

TEST_F(AuditorTest, AnEntryIsGivenWithItsPlaceItsContentAndTheBytesAsLogged) {
  const std::string exchange_id = log_.Add(kKyrgyz);
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse response, auditor_.ListEntries(own_, {}));
  ASSERT_THAT(response.entries(), SizeIs(1));
  const v1::IndexedEntry& entry = response.entries(0);
  EXPECT_EQ(entry.position().origin(), log_.key().name);
  EXPECT_EQ(FormatUuid(entry.entry().exchange_id()), exchange_id);
  EXPECT_EQ(entry.entry().partner(), kKyrgyz);
  EXPECT_EQ(entry.entry().SerializeAsString(), entry.entry_bytes());
}

TEST_F(AuditorTest, FiltersNarrowTheList) {
  log_.Add(kKyrgyz, v1::ENTRY_KIND_RECEIVED);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_ANSWERED);
  log_.Add(kUzbek, v1::ENTRY_KIND_RECEIVED);
  v1::ListEntriesRequest by_partner, by_kind, by_outcome, by_time;
  by_partner.set_partner(kKyrgyz);
  by_kind.set_kind(v1::ENTRY_KIND_RECEIVED);
  by_outcome.set_outcome(v1::ENTRY_OUTCOME_DENIED);
  *by_time.mutable_since() = ToProto(log_.last() - absl::Seconds(1));
  *by_time.mutable_until() = ToProto(log_.last());
  EXPECT_THAT(List(own_, by_partner), ElementsAre(1, 0));
  EXPECT_THAT(List(own_, by_kind), ElementsAre(2, 0));
  EXPECT_THAT(List(own_, by_outcome), IsEmpty());
  EXPECT_THAT(List(own_, by_time), ElementsAre(1));
}

TEST_F(AuditorTest, EveryThingThatAnEntrySaysCanBeAskedFor) {
  v1::Asker asker;
  asker.set_principal("spiffe://kaz.tamga/border-service/system/lane-7");
  asker.set_officer("1147");
  log_.Add([&](v1::LogEntry& entry) {
    entry.set_treaty_id("T-1");
    entry.add_articles("T-1 art. 2");
    entry.add_articles("T-1 art. 3");
    entry.set_record_kind(v1::RECORD_KIND_WATCHLIST);
    entry.set_operation(v1::OPERATION_WATCHLIST_CHECK);
    entry.set_asker_pseudonym(log_.pseudonyms().OfAsker(asker));
    entry.set_case_pseudonym(log_.pseudonyms().OfCase("2026/17"));
  });
  log_.Add(kKyrgyz);
  const auto list = [&](const std::function<void(v1::ListEntriesRequest&)>& ask) {
    v1::ListEntriesRequest request;
    ask(request);
    return List(own_, request);
  };
  EXPECT_THAT(list([](auto& r) { r.set_treaty_id("T-1"); }), ElementsAre(0));
  EXPECT_THAT(list([](auto& r) { r.set_article("T-1 art. 3"); }), ElementsAre(0));
  EXPECT_THAT(list([](auto& r) { r.set_record_kind(v1::RECORD_KIND_WATCHLIST); }), ElementsAre(0));
  EXPECT_THAT(list([](auto& r) { r.set_operation(v1::OPERATION_WATCHLIST_CHECK); }), ElementsAre(0));
  EXPECT_THAT(list([](auto& r) { r.set_case_reference("2026/17"); }), ElementsAre(0));
  EXPECT_THAT(list([](auto& r) { r.set_case_reference("2026/18"); }), IsEmpty());
  EXPECT_THAT(list([&](auto& r) {
                r.set_asker(asker.principal());
                r.set_officer("1147");
              }),
              ElementsAre(0));
  EXPECT_THAT(list([&](auto& r) { r.set_asker(asker.principal()); }), IsEmpty());
}

TEST_F(AuditorTest, AForeignAuditorCannotTryOutWhoseAPseudonymIs) {
  v1::Asker asker;
  asker.set_principal("spiffe://kaz.tamga/border-service/officer/aliya");
  log_.Add([&](v1::LogEntry& entry) {
    entry.set_kind(v1::ENTRY_KIND_SENT);
    entry.set_asker_pseudonym(log_.pseudonyms().OfAsker(asker));
    entry.set_case_pseudonym(log_.pseudonyms().OfCase("2026/17"));
  });
  log_.Add([&](v1::LogEntry& entry) { entry.set_case_pseudonym(log_.pseudonyms().OfCase("2026/17")); });
  v1::ListEntriesRequest by_asker, by_case;
  by_asker.set_asker(asker.principal());
  by_case.set_case_reference("2026/17");
  EXPECT_THAT(auditor_.ListEntries(kyrgyz_, by_asker), HasReason("ASKER_OF_OTHER_STATE"));
  EXPECT_THAT(List(own_, by_asker), ElementsAre(0));
  // What an agency of his State asked for.
  EXPECT_THAT(List(kyrgyz_, by_case), ElementsAre(1));
  EXPECT_THAT(List(own_, by_case), ElementsAre(1, 0));
}

TEST_F(AuditorTest, WhatIsHiddenDoesNotShowInThePagesEither) {
  log_.Add(kKyrgyz);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_WITHHELD);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_APPROVED);
  log_.Add(kKyrgyz, v1::ENTRY_KIND_OPENED);
  v1::ListEntriesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse page, auditor_.ListEntries(kyrgyz_, request));
  EXPECT_THAT(Indices(page), ElementsAre(0));
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(AuditorTest, APageTokenServesItsOwnListAlone) {
  for (int i = 0; i < 3; ++i) log_.Add(kKyrgyz);
  v1::ListEntriesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse page, auditor_.ListEntries(own_, request));
  request.set_page_token(page.next_page_token());
  request.set_page_size(2);
  EXPECT_OK(auditor_.ListEntries(own_, request));
  EXPECT_THAT(auditor_.ListEntries(kyrgyz_, request), HasReason("INVALID_FIELD"));
  request.set_partner(kKyrgyz);
  EXPECT_THAT(auditor_.ListEntries(own_, request), HasReason("INVALID_FIELD"));
  request.clear_partner();
  request.set_page_token(page.next_page_token().substr(0, page.next_page_token().find('-')));
  EXPECT_THAT(auditor_.ListEntries(own_, request), HasReason("INVALID_FIELD"));
}

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

TEST_F(AuditorTest, OfAnExchangeWithVeryManyEntriesTheFirstAreShownAndAllListed) {
  const std::string id = log_.Add(kKyrgyz);
  for (int i = 0; i < 300; ++i) log_.Add(kKyrgyz, v1::ENTRY_KIND_RECEIVED, id);
  v1::GetExchangeRequest get;
  get.set_exchange_id(id);
  ASSERT_OK_AND_ASSIGN(const v1::GetExchangeResponse exchange, auditor_.GetExchange(own_, get));
  EXPECT_THAT(exchange.entries(), SizeIs(store::kMostEntriesOfExchange));
  EXPECT_EQ(exchange.entries(0).position().index(), 0u);
  v1::ListEntriesRequest list;
  list.set_exchange_id(id);
  list.set_page_size(200);
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse first, auditor_.ListEntries(own_, list));
  EXPECT_THAT(first.entries(), SizeIs(200));
  EXPECT_EQ(first.entries(0).position().index(), 300u);
  list.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse second, auditor_.ListEntries(own_, list));
  EXPECT_THAT(second.entries(), SizeIs(101));
  EXPECT_EQ(second.entries(100).position().index(), 0u);
  EXPECT_EQ(second.next_page_token(), "");
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

TEST_F(AuditorTest, PagesJoinToTheWholeListForEachAuditor) {
  for (int i = 0; i < 10; ++i) log_.Add(i % 2 == 0 ? kKyrgyz : kUzbek);
  for (const certs::Principal& caller : {own_, kyrgyz_}) {
    std::vector<uint64_t> joined;
    v1::ListEntriesRequest request;
    request.set_page_size(3);
    do {
      ASSERT_OK_AND_ASSIGN(const v1::ListEntriesResponse page, auditor_.ListEntries(caller, request));
      EXPECT_LE(page.entries_size(), 3);
      for (const uint64_t index : Indices(page)) joined.push_back(index);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(joined, List(caller)) << caller.agency;
  }
}

TEST_F(AuditorTest, APageHasAHundredEntriesUnlessAskedOtherwise) {
  for (int i = 0; i < 101; ++i) log_.Add(kKyrgyz);
  EXPECT_THAT(List(own_), SizeIs(100));
  v1::ListEntriesRequest request;
  request.set_page_size(500);
  EXPECT_THAT(List(own_, request), SizeIs(101));
  request.set_page_size(501);
  EXPECT_THAT(auditor_.ListEntries(own_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_size")));
}

TEST_F(AuditorTest, AForeignPageTokenIsRefused) {
  v1::ListEntriesRequest request;
  request.set_page_token("not-a-token");
  EXPECT_THAT(auditor_.ListEntries(own_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_token")));
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

TEST_F(AuditorTest, TheCheckpointVerifiesUnderTheKeyGivenWithIt) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  const v1::GetCheckpointResponse response = auditor_.GetCheckpoint();
  ASSERT_OK_AND_ASSIGN(const ledger::NoteKey key, ledger::ParseVkey(response.vkey()));
  ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                       ledger::OpenCheckpoint(response.checkpoint(), key, certs::VerifyEd25519));
  EXPECT_EQ(checkpoint.size, 2u);
}

TEST_F(AuditorTest, EveryVisibleEntryCanBeProven) {
  for (int i = 0; i < 7; ++i) log_.Add(kKyrgyz);
  for (uint64_t index = 0; index < 7; ++index) {
    v1::ProveInclusionRequest request;
    request.set_index(index);
    ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(kyrgyz_, request));
    ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
    EXPECT_EQ(proof.index, index);
    EXPECT_OK(ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519));
  }
}

TEST_F(AuditorTest, AThirdStatesEntryIsAnsweredAsOneThatDoesNotExist) {
  log_.Add(kUzbek);
  v1::ProveInclusionRequest request;
  const absl::Status hidden = auditor_.ProveInclusion(kyrgyz_, request).status();
  EXPECT_THAT(hidden, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(hidden, HasReason("ENTRY_UNKNOWN"));
  EXPECT_OK(auditor_.ProveInclusion(uzbek_, request));
  request.set_index(1);
  EXPECT_THAT(auditor_.ProveInclusion(own_, request), HasReason("ENTRY_UNKNOWN"));
  EXPECT_THAT(auditor_.ProveInclusion(kyrgyz_, request), HasReason("ENTRY_UNKNOWN"));
}

TEST_F(AuditorTest, TheLogIsConsistentWithEachOfItsEarlierSizes) {
  std::map<uint64_t, ledger::Hash> roots;
  for (uint64_t size = 1; size <= 9; ++size) {
    log_.Add(kKyrgyz);
    ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                         ledger::OpenCheckpoint(log_.sequencer().NewestCheckpoint(), log_.key(), certs::VerifyEd25519));
    ASSERT_EQ(checkpoint.size, size);
    roots[size] = checkpoint.root;
  }
  for (uint64_t size = 1; size <= 9; ++size) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(size);
    ASSERT_OK_AND_ASSIGN(const v1::ProveConsistencyResponse response, auditor_.ProveConsistency(request));
    std::vector<ledger::Hash> proof;
    for (const std::string& bytes : response.hashes()) {
      ASSERT_OK_AND_ASSIGN(const ledger::Hash hash, ledger::Hash::FromBytes(bytes));
      proof.push_back(hash);
    }
    EXPECT_EQ(response.checkpoint(), log_.sequencer().NewestCheckpoint());
    EXPECT_OK(ledger::VerifyConsistency(size, roots[size], 9, roots[9], proof));
  }
}

TEST_F(AuditorTest, ConsistencyWithSizesThatTheLogNeverHadIsRefused) {
  log_.Add(kKyrgyz);
  for (const uint64_t size : {uint64_t{0}, uint64_t{2}, ~uint64_t{0}}) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(size);
    EXPECT_THAT(auditor_.ProveConsistency(request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("old_size: must be 1 to 1")));
  }
}

TEST_F(AuditorTest, ProofsAreGivenInTheTreeOfAnySignedCheckpoint) {
  std::map<uint64_t, ledger::Checkpoint> signed_ones;
  for (uint64_t size = 1; size <= 6; ++size) {
    log_.Add(kKyrgyz);
    ASSERT_OK_AND_ASSIGN(signed_ones[size],
                         ledger::OpenCheckpoint(log_.sequencer().NewestCheckpoint(), log_.key(), certs::VerifyEd25519));
  }
  for (uint64_t size = 1; size <= 6; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      v1::ProveInclusionRequest prove;
      prove.set_index(index);
      prove.set_tree_size(size);
      ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(kyrgyz_, prove));
      ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
      ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                           ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519));
      EXPECT_EQ(checkpoint, signed_ones[size]);
    }
    v1::ProveConsistencyRequest grow;
    grow.set_old_size(1);
    grow.set_new_size(size);
    ASSERT_OK_AND_ASSIGN(const v1::ProveConsistencyResponse response, auditor_.ProveConsistency(grow));
    ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint grown,
                         ledger::OpenCheckpoint(response.checkpoint(), log_.key(), certs::VerifyEd25519));
    EXPECT_EQ(grown, signed_ones[size]);
    std::vector<ledger::Hash> proof;
    for (const std::string& bytes : response.hashes()) proof.push_back(ledger::Hash::FromBytes(bytes).value());
    EXPECT_OK(ledger::VerifyConsistency(1, signed_ones[1].root, size, signed_ones[size].root, proof));
  }
}

TEST_F(AuditorTest, TreesOfWhichThereIsNoCheckpointAreRefusedByTheNameOfTheField) {
  for (int i = 0; i < 3; ++i) log_.Add(kKyrgyz);
  log_.RemoveCheckpoint(2);  // as if the second entry had been committed together with the third
  v1::ProveInclusionRequest prove;
  prove.set_tree_size(2);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove), HasReason("CHECKPOINT_UNKNOWN"));
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("tree_size: this log keeps no checkpoint over 2 entries; "
                                                              "ask for 3")));
  prove.set_tree_size(4);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tree_size: must be 0 to 3")));
  prove.set_tree_size(1);
  EXPECT_OK(auditor_.ProveInclusion(own_, prove));
  prove.set_index(1);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index: must be below tree_size, 1")));
  v1::ProveConsistencyRequest grow;
  grow.set_old_size(1);
  grow.set_new_size(2);
  EXPECT_THAT(auditor_.ProveConsistency(grow), HasReason("CHECKPOINT_UNKNOWN"));
  grow.set_new_size(~uint64_t{0});
  EXPECT_THAT(auditor_.ProveConsistency(grow), HasReason("INVALID_FIELD"));
  grow.set_old_size(3);
  grow.set_new_size(1);
  EXPECT_THAT(auditor_.ProveConsistency(grow),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("old_size: must be 1 to 1")));
}

v1::GetTilesRequest TilesRequest(const std::vector<std::string>& paths) {
  v1::GetTilesRequest request;
  request.mutable_paths()->Add(paths.begin(), paths.end());
  return request;
}

TEST_F(AuditorTest, TilesAreThoseOfTheNewestCheckpoint) {
  for (int i = 0; i < 300; ++i) log_.Add(i % 2 == 0 ? kKyrgyz : kUzbek);
  ASSERT_OK_AND_ASSIGN(
      const v1::GetTilesResponse response,
      auditor_.GetTiles(own_, TilesRequest({"checkpoint", "tile/entries/000", "tile/0/001.p/44", "tile/1/000.p/1"})));
  ASSERT_EQ(response.contents_size(), 4);
  EXPECT_EQ(response.contents(0), log_.sequencer().NewestCheckpoint());
  ASSERT_OK_AND_ASSIGN(const auto entries, ledger::ParseBundle(response.contents(1)));
  EXPECT_THAT(entries, SizeIs(256));
  EXPECT_THAT(response.contents(2), SizeIs(44 * ledger::kHashBytes));
  EXPECT_THAT(response.contents(3), SizeIs(ledger::kHashBytes));
}

TEST_F(AuditorTest, BadPathsAreRefusedByTheirPlace) {
  log_.Add(kKyrgyz);
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({})), HasReason("INVALID_FIELD"));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest(std::vector<std::string>(65, "checkpoint"))),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({"checkpoint", "tile/0/1"})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("paths[1]: ")));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({"tile/0/000"})), HasReason("TILE_UNKNOWN"));
}

TEST_F(AuditorTest, BundlesAreForAuditorsOfTheOwnStateOnly) {
  log_.Add(kKyrgyz);
  EXPECT_OK(auditor_.GetTiles(kyrgyz_, TilesRequest({"checkpoint", "tile/0/000.p/1"})));
  EXPECT_THAT(auditor_.GetTiles(kyrgyz_, TilesRequest({"tile/0/000.p/1", "tile/entries/000.p/1"})),
              HasReason("ENTRIES_WITHHELD"));
  // Nor does the answer tell whether there is such a bundle.
  EXPECT_THAT(auditor_.GetTiles(kyrgyz_, TilesRequest({"tile/entries/123"})), HasReason("ENTRIES_WITHHELD"));
  const certs::Principal node{"KAZ/police", certs::Role::kNode, ""};
  EXPECT_OK(auditor_.ReadTile(node, ledger::HashTile(0, 0, 1)));
  EXPECT_THAT(auditor_.ReadTile(node, ledger::EntryBundle(0, 1)), HasReason("ENTRIES_WITHHELD"));
}

TEST_F(AuditorTest, WhatDoesNotFitIntoOneAnswerIsLeftForTheNext) {
  for (int i = 0; i < 256; ++i) log_.Add(kKyrgyz);
  const std::vector<std::string> paths(64, "tile/0/000");
  ASSERT_OK_AND_ASSIGN(const v1::GetTilesResponse all, auditor_.GetTiles(own_, TilesRequest(paths)));
  EXPECT_EQ(all.contents_size(), 64);
  const std::vector<std::string> bundles(64, "tile/entries/000");
  ASSERT_OK_AND_ASSIGN(const v1::GetTilesResponse some, auditor_.GetTiles(own_, TilesRequest(bundles)));
  EXPECT_GT(some.contents_size(), 1);
  EXPECT_LT(some.contents_size(), 64);
  EXPECT_LE(some.ByteSizeLong(), size_t{600} << 10);
}

TEST_F(AuditorTest, AnIntactLogIsFoundIntactByAnyAuditor) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  for (const certs::Principal& caller : {own_, kyrgyz_}) {
    const std::vector<v1::VerifyLogResponse> sent = Verify(caller);
    ASSERT_FALSE(sent.empty());
    EXPECT_TRUE(sent.back().verdict().intact()) << sent.back().DebugString();
    EXPECT_EQ(sent.back().entries_checked(), 2u);
    EXPECT_EQ(sent.back().entries_total(), 2u);
    for (size_t i = 0; i + 1 < sent.size(); ++i) EXPECT_FALSE(sent[i].has_verdict());
  }
}

TEST_F(AuditorTest, ADamagedEntryIsNamedByIndexAndExchange) {
  log_.Add(kKyrgyz);
  const std::string exchange_id = log_.Add(kUzbek);
  log_.Add(kKyrgyz);
  log_.Damage(1);
  const v1::VerifyVerdict verdict = Verify(own_).back().verdict();
  EXPECT_FALSE(verdict.intact());
  ASSERT_FALSE(verdict.faults().empty());
  EXPECT_TRUE(verdict.faults(0).has_index());
  EXPECT_EQ(verdict.faults(0).index(), 1u);
  EXPECT_EQ(verdict.faults(0).exchange_id(), exchange_id);
  EXPECT_FALSE(verdict.faults(0).detail().empty());
}

TEST_F(AuditorTest, AnAuditDoesNotNameAThirdStatesExchange) {
  const std::string exchange_id = log_.Add(kUzbek);
  log_.Damage(0);
  const v1::VerifyVerdict verdict = Verify(kyrgyz_).back().verdict();
  ASSERT_GE(verdict.faults_size(), 1);
  for (const v1::LogFault& fault : verdict.faults()) {
    EXPECT_EQ(fault.exchange_id(), "");
    EXPECT_THAT(fault.detail(), Not(HasSubstr(exchange_id)));
    EXPECT_THAT(fault.detail(), Not(HasSubstr("UZB")));
  }
  EXPECT_EQ(Verify(uzbek_).back().verdict().faults(0).exchange_id(), exchange_id);
}

TEST_F(AuditorTest, ADamagedEntryStaysVisibleByItsBytes) {
  log_.Add(kKyrgyz);
  log_.Damage(0);
  v1::ProveInclusionRequest request;
  EXPECT_THAT(List(kyrgyz_), ElementsAre(0));
  ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(own_, request));
  ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
  EXPECT_THAT(ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AuditorTest, RowsPutIntoTheFileByHandAreNamedAndNotShown) {
  const std::string exchange_id = log_.Add(kKyrgyz);
  log_.Add(kKyrgyz);
  log_.CopyRow(0, -5);
  log_.CopyRow(0, 2);
  EXPECT_THAT(List(own_), ElementsAre(1, 0));
  EXPECT_THAT(List(kyrgyz_), ElementsAre(1, 0));
  v1::GetExchangeRequest get;
  get.set_exchange_id(exchange_id);
  ASSERT_OK_AND_ASSIGN(const v1::GetExchangeResponse exchange, auditor_.GetExchange(own_, get));
  EXPECT_THAT(exchange.entries(), SizeIs(1));
  v1::ProveInclusionRequest prove;
  prove.set_index(2);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove), HasReason("ENTRY_UNKNOWN"));
  const v1::VerifyVerdict verdict = Verify(own_).back().verdict();
  EXPECT_FALSE(verdict.intact());
  ASSERT_THAT(verdict.faults(), SizeIs(2));
  EXPECT_THAT(verdict.faults(0).detail(), HasSubstr("index -5"));
  EXPECT_THAT(verdict.faults(1).detail(), HasSubstr("index 2"));
  for (const v1::LogFault& fault : verdict.faults()) EXPECT_FALSE(fault.has_index());
}

TEST_F(AuditorTest, AnAuditEndsWhenTheCallerIsGoneAndCanBeBegunAgain) {
  log_.Add(kKyrgyz);
  EXPECT_THAT(auditor_.VerifyLog(own_, [](const v1::VerifyLogResponse&) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(Verify(own_).back().verdict().intact());
}

TEST_F(AuditorTest, AnAgencyHasOneAuditAtATimeAndOthersTheirs) {
  log_.Add(kKyrgyz);
  const certs::Principal colleague = {own_.agency, certs::Role::kAuditor, "auditor-2"};
  EXPECT_OK(auditor_.VerifyLog(own_, [&](const v1::VerifyLogResponse&) {
    const absl::Status second = auditor_.VerifyLog(colleague, [](const v1::VerifyLogResponse&) { return true; });
    EXPECT_THAT(second, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait for its verdict")));
    EXPECT_THAT(second, HasReason("AUDIT_RUNNING"));
    EXPECT_TRUE(Verify(kyrgyz_).back().verdict().intact());
    return true;
  }));
  EXPECT_TRUE(Verify(colleague).back().verdict().intact());
}

TEST_F(AuditorTest, FewAuditsRunAtATime) {
  log_.Add(kKyrgyz);
  size_t refused_at = 0;
  // Each audit's progress begins the next agency's.
  const std::function<absl::Status(size_t)> audit = [&](size_t running) {
    const certs::Principal caller = AuditorOf(absl::StrCat("KAZ/prosecutor-", running));
    absl::Status next;
    const absl::Status status = auditor_.VerifyLog(caller, [&](const v1::VerifyLogResponse& response) {
      if (!response.has_verdict()) next = audit(running + 1);
      return true;
    });
    if (status.ok()) return next;
    EXPECT_THAT(status, HasReason("AUDIT_RUNNING"));
    refused_at = running;
    return status;
  };
  EXPECT_THAT(audit(0), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("ask again")));
  EXPECT_EQ(refused_at, kMostAudits);
  EXPECT_TRUE(Verify(own_).back().verdict().intact());
}

TEST_F(AuditorTest, OtherStatesAuditsLeaveTheOwnStateAPlace) {
  log_.Add(kKyrgyz);
  const auto during = [](const std::function<void()>& work) {
    return [work](const v1::VerifyLogResponse& response) {
      if (!response.has_verdict()) work();
      return true;
    };
  };
  const certs::Principal tajik = AuditorOf("TJK/prosecutor-general");
  EXPECT_OK(auditor_.VerifyLog(kyrgyz_, during([&] {
                                 EXPECT_OK(auditor_.VerifyLog(uzbek_, during([&] {
                                                                EXPECT_THAT(auditor_.VerifyLog(tajik, during([] {})),
                                                                            HasReason("AUDIT_RUNNING"));
                                                                EXPECT_OK(auditor_.VerifyLog(own_, during([] {})));
                                                              })));
                               })));
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
