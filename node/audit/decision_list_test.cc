#include "node/audit/decision_list.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/message_store.h"

namespace tamga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPartner[] = "KGZ/interior-ministry";

class DecisionListTest : public ::testing::Test {
 protected:
  // An entry with the decision that is kept for it; its exchange's id in text form. `blob` has 16 bytes.
  std::string Decide(v1::EntryKind kind, const std::string& blob, const std::string& reason = "") {
    now_ += absl::Seconds(1);
    const std::string id = NewUuidV7(now_, rng_);
    v1::LogEntry entry;
    entry.set_version(1);
    entry.set_kind(kind);
    entry.set_exchange_id(id);
    entry.set_own("KAZ/border-service");
    entry.set_partner(kPartner);
    entry.set_reason(reason);
    *entry.mutable_logged_at() = ToProto(now_);
    v1::DecisionRecord decision;
    decision.set_exchange_id(FormatUuid(id));
    EXPECT_OK(log_.sequencer().Append(
        {exchange::KeepMessage({kPartner, id, kind}, blob, {}, {decision}, now_), entry.SerializeAsString()}));
    return FormatUuid(id);
  }

  v1::ListDecisionsResponse List(const v1::ListDecisionsRequest& request = {}) {
    const auto response = ListDecisions(log_.database(), log_.vault(), request);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::ListDecisionsResponse();
  }

  static std::vector<std::string> ExchangesOf(const v1::ListDecisionsResponse& response) {
    std::vector<std::string> exchanges;
    for (const v1::DecisionRecord& decision : response.decisions()) exchanges.push_back(decision.exchange_id());
    return exchanges;
  }

  static std::string Blob(char of) { return std::string(16, of); }

  TestLog log_;
  SeededRng rng_{9};
  absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
};

TEST_F(DecisionListTest, DecisionsOfEveryKindOfEntryAreListedNewestFirst) {
  std::vector<std::string> exchanges;
  char blob = 'a';
  for (const v1::EntryKind kind : {v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_RECEIVED, v1::ENTRY_KIND_ANSWERED,
                                   v1::ENTRY_KIND_DELIVERED, v1::ENTRY_KIND_WITHHELD}) {
    exchanges.insert(exchanges.begin(), Decide(kind, Blob(blob++)));
  }
  Decide(v1::ENTRY_KIND_UNDELIVERED, Blob('x'));
  Decide(v1::ENTRY_KIND_RECEIVED, Blob('y'), "REPEATED");
  const v1::ListDecisionsResponse response = List();
  EXPECT_EQ(ExchangesOf(response), exchanges);
  EXPECT_THAT(response.unavailable(), IsEmpty());
}

TEST_F(DecisionListTest, APageEndsWhereTheNextBegins) {
  const std::string first = Decide(v1::ENTRY_KIND_SENT, Blob('a'));
  const std::string second = Decide(v1::ENTRY_KIND_SENT, Blob('b'));
  v1::ListDecisionsRequest request;
  request.set_page_size(1);
  const v1::ListDecisionsResponse page = List(request);
  EXPECT_THAT(ExchangesOf(page), ElementsAre(second));
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(ExchangesOf(List(request)), ElementsAre(first));
  EXPECT_EQ(List(request).next_page_token(), "");
}

TEST_F(DecisionListTest, OnlyThePeriodIsListed) {
  Decide(v1::ENTRY_KIND_SENT, Blob('a'));
  const std::string inside = Decide(v1::ENTRY_KIND_SENT, Blob('b'));
  v1::ListDecisionsRequest request;
  *request.mutable_since() = ToProto(now_);
  Decide(v1::ENTRY_KIND_SENT, Blob('c'));
  *request.mutable_until() = ToProto(now_);
  EXPECT_THAT(ExchangesOf(List(request)), ElementsAre(inside));
  *request.mutable_until() = request.since();
  EXPECT_THAT(ListDecisions(log_.database(), log_.vault(), request), HasReason("INVALID_FIELD"));
}

TEST_F(DecisionListTest, WhatWasErasedIsNamedAndTheRestIsListed) {
  const std::string erased = Decide(v1::ENTRY_KIND_SENT, Blob('a'));
  const std::string kept = Decide(v1::ENTRY_KIND_SENT, Blob('b'));
  ASSERT_OK(log_.vault().Update({Blob('a')}, {}));
  const std::string never = log_.Add(kPartner, v1::ENTRY_KIND_DELIVERED);
  const v1::ListDecisionsResponse response = List();
  EXPECT_THAT(ExchangesOf(response), ElementsAre(kept));
  EXPECT_THAT(response.unavailable(), ::testing::UnorderedElementsAre(erased, never));
}

}  // namespace
}  // namespace tamga::audit
