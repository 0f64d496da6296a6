#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/evidence/checks.h"

namespace tamga::evidence {
namespace {

constexpr char kText[] = "0123456789abcdef0123456789abcdef";
const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

v1::LogEntry EntryOf(v1::EntryKind kind) {
  v1::LogEntry entry;
  entry.set_kind(kind);
  const bool is_askers = IsAskers(kind);
  entry.set_own(is_askers ? "KAZ/interior-ministry" : "KGZ/interior-ministry");
  entry.set_partner(is_askers ? "KGZ/interior-ministry" : "KAZ/interior-ministry");
  entry.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  entry.set_record_kind(v1::RECORD_KIND_READMISSION);
  entry.set_purpose(v1::PURPOSE_READMISSION);
  *entry.mutable_logged_at() = ToProto(kNow);
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  entry.set_treaty_id("TREATY");
  entry.set_treaty_sha256(kText);
  entry.add_articles("TREATY art. 1");
  return entry;
}

v1::DecisionRecord DecisionAt(v1::ExchangeStage stage) {
  v1::DecisionRecord decision;
  decision.set_stage(stage);
  *decision.mutable_decided_for() = ToProto(kNow);
  decision.set_asker("KAZ/interior-ministry");
  decision.set_answerer("KGZ/interior-ministry");
  decision.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  decision.set_record_kind(v1::RECORD_KIND_READMISSION);
  decision.set_purpose(v1::PURPOSE_READMISSION);
  decision.set_reason("PERMITTED");
  decision.set_decided_by("TREATY");
  decision.set_treaty_sha256(HexEncode(kText));
  decision.add_articles("TREATY art. 1");
  return decision;
}

struct Pair {
  v1::EntryKind kind;
  v1::ExchangeStage stage;
};
constexpr Pair kSent = {v1::ENTRY_KIND_SENT, v1::EXCHANGE_STAGE_REQUEST_EGRESS};
constexpr Pair kWithheld = {v1::ENTRY_KIND_WITHHELD, v1::EXCHANGE_STAGE_REQUEST_EGRESS};
constexpr Pair kReceived = {v1::ENTRY_KIND_RECEIVED, v1::EXCHANGE_STAGE_REQUEST_INGRESS};
constexpr Pair kAnswered = {v1::ENTRY_KIND_ANSWERED, v1::EXCHANGE_STAGE_REPLY_EGRESS};
constexpr Pair kDelivered = {v1::ENTRY_KIND_DELIVERED, v1::EXCHANGE_STAGE_REPLY_INGRESS};

using Change = std::function<void(v1::LogEntry&, v1::DecisionRecord&)>;

std::string Compare(const Pair& pair, const Change& change) {
  v1::LogEntry entry = EntryOf(pair.kind);
  v1::DecisionRecord decision = DecisionAt(pair.stage);
  change(entry, decision);
  return DifferenceOf(entry, decision);
}

Change Deny(const std::string& reason, const std::string& decided) {
  return [=](v1::LogEntry& entry, v1::DecisionRecord& decision) {
    entry.set_outcome(v1::ENTRY_OUTCOME_DENIED);
    entry.set_reason(reason);
    decision.set_reason(decided);
  };
}

TEST(DecisionMatchTest, WhatWasDecidedIsWhatWasLogged) {
  for (const Pair& pair : {kSent, kReceived, kAnswered, kDelivered}) {
    EXPECT_TRUE(RecordsDecision(pair.kind, pair.stage));
    EXPECT_EQ(Compare(pair, [](auto&, auto&) {}), "");
    EXPECT_FALSE(RecordsDecision(v1::ENTRY_KIND_USED, pair.stage));
  }
  EXPECT_EQ(Compare(kWithheld, Deny("FORBIDDEN", "FORBIDDEN")), "");
  EXPECT_FALSE(RecordsDecision(v1::ENTRY_KIND_SENT, v1::EXCHANGE_STAGE_UNSPECIFIED));
}

TEST(DecisionMatchTest, ADecisionForAnotherQuestionIsNone) {
  for (const Pair& pair : {kSent, kReceived, kAnswered, kDelivered}) {
    for (const Change& change : {Change([](auto&entry, auto&) { entry.set_partner("UZB/interior-ministry"); }),
                                 Change([](auto&entry, auto&) { entry.set_purpose(v1::PURPOSE_AUDIT); }),
                                 Change([](auto&entry, auto&) { entry.set_operation(v1::OPERATION_WATCHLIST_CHECK); }),
                                 Change([](auto&entry, auto&) { entry.set_record_kind(v1::RECORD_KIND_WATCHLIST); })}) {
      EXPECT_NE(Compare(pair, change), "");
    }
  }
}

TEST(DecisionMatchTest, ADecisionForAnotherDayIsNone) {
  const auto decided = [](absl::Duration before) {
    return [before](auto&, auto& decision) { *decision.mutable_decided_for() = ToProto(kNow - before); };
  };
  for (const Pair& pair : {kSent, kReceived, kAnswered, kDelivered}) {
    EXPECT_EQ(Compare(pair, decided(absl::Minutes(1))), "");
    EXPECT_NE(Compare(pair, decided(absl::Hours(24 * 8))), "");
    EXPECT_NE(Compare(pair, decided(-absl::Hours(24))), "");
  }
  EXPECT_NE(Compare(kSent, decided(absl::Hours(24))), "");
  // A reply may come as late as the request may wait.
  EXPECT_EQ(Compare(kDelivered, decided(absl::Hours(24 * 7))), "");
}

TEST(DecisionMatchTest, ArticlesAndTextAreThoseOfTheDecision) {
  for (const Pair& pair : {kSent, kReceived, kDelivered}) {
    EXPECT_EQ(Compare(pair, [](auto& entry, auto&) { entry.set_articles(0, "TREATY art. 99"); }),
              "other articles permitted it");
  }
  for (const Pair& pair : {kSent, kReceived}) {
    EXPECT_EQ(Compare(pair, [](auto& entry, auto&) { entry.set_treaty_sha256("another"); }),
              "another treaty text permitted it");
    EXPECT_EQ(Compare(pair,
                      [](auto& entry, auto& decision) {
                        Deny("NO_GRANT", "NO_GRANT")(entry, decision);
                        entry.set_articles(0, "TREATY art. 99");
                      }),
              "it was refused by other articles");
  }
  EXPECT_EQ(Compare(kDelivered, [](auto& entry, auto&) { entry.set_treaty_id("OTHER"); }),
            "another treaty permitted it");
}

TEST(DecisionMatchTest, WhatWasForbiddenIsNotPermitted) {
  for (const Pair& pair : {kSent, kReceived, kAnswered, kDelivered}) {
    EXPECT_EQ(Compare(pair, [](auto&, auto& decision) { decision.set_reason("FORBIDDEN"); }), "it was permitted");
  }
}

TEST(DecisionMatchTest, WhatWasPermittedIsRefusedOnlyForReasonsThatNoTreatyGives) {
  for (const Pair& pair : {kSent, kReceived, kAnswered, kWithheld}) {
    EXPECT_EQ(Compare(pair, Deny("TREATY_FORBIDS", "PERMITTED")), "it was refused");
  }
  for (const Pair& pair : {kWithheld, kReceived}) {
    EXPECT_EQ(Compare(pair, Deny("QUOTA_EXCEEDED", "PERMITTED")), "");
    EXPECT_EQ(Compare(pair, Deny("NO_GRANT", "FORBIDDEN")), "it was refused for another reason");
  }
  EXPECT_EQ(Compare(kSent, Deny("QUOTA_EXCEEDED", "PERMITTED")), "it was refused") << "then nothing is sent";
  EXPECT_EQ(Compare(kAnswered, Deny("APPROVAL_REQUIRED", "FORBIDDEN")), "it was refused for another reason");
  // What the partner refuses is not what was decided here.
  EXPECT_EQ(Compare(kDelivered, Deny("NO_GRANT", "PERMITTED")), "");
}

TEST(DecisionMatchTest, AReasonThatMustNotBeToldIsNotHeldAgainstAnybody) {
  for (const Pair& pair : {kReceived, kAnswered}) {
    EXPECT_EQ(Compare(pair, Deny("NOT_SERVED", "FORBIDDEN")), "");
  }
  EXPECT_NE(Compare(kReceived, Deny("NOT_SERVED", "PERMITTED")), "");
}

}  // namespace
}  // namespace tamga::evidence
