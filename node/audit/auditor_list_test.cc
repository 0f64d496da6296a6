// Lists of entries: who sees which, what may be asked for, and pages.
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_auditor.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"

namespace tamga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

}  // namespace
}  // namespace tamga::audit
