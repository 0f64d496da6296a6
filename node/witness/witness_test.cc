#include "node/witness/witness.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/cosignature.h"
#include "node/ledger/test_vectors.h"
#include "node/witness/test_nodes.h"

namespace tamga::witness {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class WitnessTest : public ThreeNodes {
 protected:
  // What the Kyrgyz node answers to the Kazakh one.
  WitnessAnswer Ask(const std::string& body) {
    return TestNode::Must(kyrgyz_.witness().AddCheckpoint(body, kazakh_.agency()));
  }
  // When it says that it cosigned the newest Kazakh checkpoint.
  absl::Time TimeOf(const WitnessAnswer& answer) {
    ledger::Note note = ledger::ParseNote(kazakh_.Checkpoint()).value();
    note.signatures = TestNode::Must(ledger::ParseSignatures(answer.body));
    return absl::FromUnixSeconds(static_cast<int64_t>(
        TestNode::Must(ledger::CosignedAt(note, kyrgyz_.witness_key().key(), certs::VerifyEd25519))));
  }
  // A checkpoint of the Kazakh log's key over a tree that it does not have.
  std::string Forged(uint64_t size, const ledger::Hash& root) {
    return ledger::SignNote(ledger::FormatCheckpoint({kazakh_.log_key().key().name, size, root}),
                            kazakh_.log_key().key(), kazakh_.log_key().signer());
  }
};

TEST(WitnessVectorsTest, ThePublishedRequestsAreAnsweredAsTheSpecificationSays) {
  const google::protobuf::Struct vectors = ledger::ParseJson(ledger::ReadVector("witness-add-checkpoint.json"));
  ManualClock clock(store::kTestNow);
  SeededRng rng(1);
  TestNode node("KGZ/interior-ministry", clock, rng);
  node.Start({});
  const exchange::Pseudonyms pseudonyms("key");
  const std::string vkey = vectors.fields().at("log_vkey").string_value();
  const auto logs = TestNode::Must(PartnerLogs::Open({"KGZ/interior-ministry",
                                                      "log",
                                                      {{"KAZ/log", TestNode::Must(ledger::ParseVkey(vkey))}},
                                                      node.database(),
                                                      node.sequencer(),
                                                      pseudonyms,
                                                      clock,
                                                      rng}));
  const LogPeers peers;
  LogWatch watch(*logs, peers, clock, absl::Seconds(1));
  const ledger::TestLogKey key("example.com/witness", ledger::kCosignature);
  Witness witness(*logs, watch, key.key(), key.signer(), [] { return absl::OkStatus(); });
  int step_number = 0;
  for (const auto& value : vectors.fields().at("steps").list_value().values()) {
    const auto& step = value.struct_value().fields();
    const int upstream = static_cast<int>(step.at("upstream_status").number_value());
    // The origin of this one is not configured; that witness is older than the specification.
    const int expected = step_number == 2 ? 404 : upstream;
    const WitnessAnswer answer = witness.AnswerHttp(step.at("request").string_value());
    EXPECT_EQ(answer.status, expected) << step.at("meaning").string_value() << ": " << answer.body;
    if (expected == 200) {
      EXPECT_THAT(answer.body, HasSubstr("\xE2\x80\x94 example.com/witness "));
    }
    if (expected == 409) {
      EXPECT_EQ(answer.content_type, "text/x.tlog.size");
      EXPECT_EQ(answer.body, step_number == 6 ? "3\n" : "5\n");
    }
    ++step_number;
  }
  EXPECT_EQ(step_number, 9);
}

TEST_F(WitnessTest, ALogIsCosignedAsItGrows) {
  kazakh_.Append(1);
  EXPECT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  kazakh_.Append(6);
  const WitnessAnswer answer = Ask(kazakh_.BodySince(1));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(TimeOf(answer), clock_.Now());
  // Asked again, it says it again.
  EXPECT_EQ(Ask(kazakh_.BodySince(7)).status, 200);
}

TEST_F(WitnessTest, TheChecksComeInTheSpecificationsOrder) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  kazakh_.Append(2);
  const std::string good = kazakh_.BodySince(3);
  const std::string origin = kazakh_.log_key().key().name;
  EXPECT_EQ(Ask("").status, 400);
  EXPECT_EQ(Ask("old 3\n\nno note").status, 400);
  // An unknown origin counts before its signature, and that before its sizes.
  EXPECT_EQ(Ask(absl::StrReplaceAll(good, {{origin, "log.unknown"}, {"old 3", "old 99"}})).status, 404);
  EXPECT_EQ(Ask(absl::StrReplaceAll(good, {{"\n5\n", "\n6\n"}, {"old 3", "old 99"}})).status, 403);
  EXPECT_EQ(Ask(absl::StrReplaceAll(good, {{"old 3", "old 6"}})).status, 400);
  // The old size counts before the proof.
  const WitnessAnswer conflict = Ask(absl::StrReplaceAll(good, {{"old 3", "old 4"}}));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.body, "3\n");
  EXPECT_THAT(conflict.seen_checkpoint, HasSubstr("\n3\n"));
  EXPECT_EQ(Ask(kazakh_.BodySince(0)).body, "3\n");
  EXPECT_EQ(Ask(good).status, 200);
}

TEST_F(WitnessTest, WhatProvesNothingIs422) {
  kazakh_.Append(3);
  // With old 0 there is nothing to prove.
  ledger::AddCheckpoint request{0, {ledger::LeafHash("a")}, kazakh_.Checkpoint()};
  EXPECT_EQ(Ask(ledger::FormatAddCheckpoint(request)).status, 422);
  // A log without entries has one root.
  EXPECT_EQ(Ask(ledger::FormatAddCheckpoint({0, {}, Forged(0, ledger::LeafHash("a"))})).status, 422);
  EXPECT_EQ(Ask(ledger::FormatAddCheckpoint({0, {}, Forged(0, ledger::EmptyRoot())})).status, 200);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  // Nor is there with the same size.
  request = {3, {ledger::LeafHash("a")}, kazakh_.Checkpoint()};
  EXPECT_EQ(TestNode::Must(kyrgyz_.witness().AddCheckpoint(ledger::FormatAddCheckpoint(request), "")).status, 422);
}

TEST_F(WitnessTest, WhatWasSeenOutlivesARestart) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  kyrgyz_.Start({&kazakh_, &uzbek_});
  EXPECT_EQ(Ask(kazakh_.BodySince(0)).body, "3\n");
}

TEST_F(WitnessTest, OfTwoRequestsAtOnceOneIsCosigned) {
  kazakh_.Append(1);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  for (uint64_t size = 1; size < 21;) {
    kazakh_.Append(1);
    const std::string first = kazakh_.BodySince(size);
    kazakh_.Append(1);
    const std::string second = kazakh_.BodySince(size);
    WitnessAnswer answers[2];
    std::thread other([&] { answers[0] = Ask(first); });
    answers[1] = Ask(second);
    other.join();
    EXPECT_EQ(answers[0].status == 200, answers[1].status != 200);
    const WitnessAnswer& refused = answers[answers[0].status == 200 ? 1 : 0];
    size += answers[0].status == 200 ? 1 : 2;
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.body, absl::StrCat(size, "\n"));
    if (size < kazakh_.Size()) {
      ASSERT_EQ(Ask(kazakh_.BodySince(size)).status, 200);
      size = kazakh_.Size();
    }
  }
}

TEST_F(WitnessTest, AClockThatIsPutBackDoesNotPutCosignaturesBack) {
  kazakh_.Append(1);
  const absl::Time before = TimeOf(Ask(kazakh_.BodySince(0)));
  clock_.Advance(-absl::Minutes(1));
  kazakh_.Append(1);
  EXPECT_EQ(TimeOf(Ask(kazakh_.BodySince(1))), before);
}

// Nobody takes a cosignature of the future, so none that may count is put back.
TEST_F(WitnessTest, ATimeThatAClockFarAheadSaidIsForgotten) {
  const absl::Time now = clock_.Now();
  clock_.Advance(absl::Hours(24 * 365 * 10));
  kazakh_.Append(1);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  clock_.Advance(now - clock_.Now());
  kazakh_.Append(1);
  EXPECT_EQ(TimeOf(Ask(kazakh_.BodySince(1))), now);
}

TEST_F(WitnessTest, NothingIsCosignedUntilAWitnessHasSaidWhatItHasSeenOfTheOwnLog) {
  kyrgyz_.insists_on_comparison = true;
  kazakh_.Append(3);
  const WitnessAnswer refused = Ask(kazakh_.BodySince(0));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("LOG_NOT_COMPARED"));
  EXPECT_EQ(kyrgyz_.witness().AnswerHttp(kazakh_.BodySince(0)).status, 503);
  kyrgyz_.AskAll();
  EXPECT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
}

TEST_F(WitnessTest, NodesThatStartTogetherHelpEachOther) {
  for (TestNode* node : {&kazakh_, &kyrgyz_, &uzbek_}) node->insists_on_comparison = true;
  for (int round = 0; round < 2; ++round) {
    for (TestNode* node : {&kazakh_, &kyrgyz_, &uzbek_}) {
      node->Append(1);
      node->AskAll();
    }
  }
  for (TestNode* node : {&kazakh_, &kyrgyz_, &uzbek_}) {
    EXPECT_EQ(node->Describe().state(), v1::WITNESS_STATE_WITNESSED) << node->agency();
  }
}

TEST_F(WitnessTest, ANodeWhoseLogWasRolledBackCosignsNothing) {
  kyrgyz_.insists_on_comparison = true;
  kyrgyz_.Append(2);
  kyrgyz_.Stop();
  kyrgyz_.Backup();
  kyrgyz_.Start({&kazakh_, &uzbek_});
  kyrgyz_.Append(3);
  kyrgyz_.AskAll();
  kyrgyz_.Stop();
  kyrgyz_.Restore();
  kyrgyz_.Start({&kazakh_, &uzbek_});
  kyrgyz_.AskAll();
  ASSERT_FALSE(kyrgyz_.witnessing().CheckNotRolledBack().ok());
  kazakh_.Append(1);
  const WitnessAnswer refused = Ask(kazakh_.BodySince(0));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("LOG_ROLLED_BACK"));
}

TEST_F(WitnessTest, AForkStopsExchangesAndIsKeptAsEvidence) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
  const std::string fork = Forged(3, ledger::LeafHash("other"));
  EXPECT_EQ(Ask(ledger::FormatAddCheckpoint({3, {}, fork})).status, 422);
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_OK(kyrgyz_.logs().Check(uzbek_.agency()));
  // Once is enough.
  EXPECT_EQ(Ask(ledger::FormatAddCheckpoint({3, {}, fork})).status, 422);
  const std::vector<v1::Contradiction> found = kyrgyz_.ContradictionsOf(kazakh_.agency());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].what(), "fork");
  EXPECT_EQ(found[0].before(), kazakh_.Checkpoint());
  EXPECT_EQ(found[0].after(), fork);
  const std::vector<v1::LogEntry> entries = kyrgyz_.Entries(v1::ENTRY_KIND_CONTRADICTED);
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].partner(), kazakh_.agency());
  EXPECT_EQ(entries[0].reason(), "FORK");
  // Neither does a restart forget it.
  kyrgyz_.Start({&kazakh_, &uzbek_});
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
}

TEST_F(WitnessTest, TwoRootsOfOneSizeAreAForkWhoeverShowsThem) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  const std::string body = ledger::FormatAddCheckpoint({0, {}, Forged(3, ledger::LeafHash("other"))});
  EXPECT_EQ(TestNode::Must(kyrgyz_.witness().AddCheckpoint(body, uzbek_.agency())).status, 409);
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
}

TEST_F(WitnessTest, AWrongProofCountsOnlyFromTheLogsOwnNode) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  kazakh_.Append(2);
  const std::string body = ledger::FormatAddCheckpoint({3, {ledger::LeafHash("a")}, kazakh_.Checkpoint()});
  EXPECT_EQ(kyrgyz_.witness().AnswerHttp(body).status, 422);
  EXPECT_EQ(TestNode::Must(kyrgyz_.witness().AddCheckpoint(body, uzbek_.agency())).status, 422);
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
  EXPECT_EQ(Ask(body).status, 422);
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_EQ(kyrgyz_.ContradictionsOf(kazakh_.agency()).at(0).what(), "inconsistent");
}

TEST_F(WitnessTest, AnOperatorSettlesAndTheEvidenceStays) {
  const certs::Principal op{kyrgyz_.agency(), certs::Role::kOperator, "test"};
  v1::SettleContradictionRequest request;
  request.set_agency(kazakh_.agency());
  request.set_case_reference("SOC-2026-7");
  EXPECT_THAT(kyrgyz_.logs().Settle(op, request), HasReason("NO_CONTRADICTION"));
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  ASSERT_EQ(Ask(ledger::FormatAddCheckpoint({3, {}, Forged(3, ledger::LeafHash("other"))})).status, 422);

  v1::SettleContradictionRequest incomplete = request;
  incomplete.clear_case_reference();
  EXPECT_THAT(kyrgyz_.logs().Settle(op, incomplete), HasReason("INVALID_FIELD"));
  ASSERT_OK_AND_ASSIGN(const v1::LogPosition position, kyrgyz_.logs().Settle(op, request));
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
  EXPECT_TRUE(kyrgyz_.ContradictionsOf(kazakh_.agency()).at(0).settled());
  EXPECT_THAT(kyrgyz_.Entries(v1::ENTRY_KIND_CONTRADICTION_SETTLED), SizeIs(1));
  EXPECT_EQ(position.index(), kyrgyz_.Size() - 1);
  // From the log as it is now.
  EXPECT_EQ(Ask(kazakh_.BodySince(3)).body, "0\n");
  EXPECT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  kyrgyz_.Start({&kazakh_, &uzbek_});
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
  EXPECT_THAT(kyrgyz_.ContradictionsOf(kazakh_.agency()), SizeIs(1));
}

TEST_F(WitnessTest, WhatWasLookedAtBeforeASettlementSaysNothingAfterIt) {
  kazakh_.Append(3);
  ASSERT_EQ(Ask(kazakh_.BodySince(0)).status, 200);
  ASSERT_OK_AND_ASSIGN(const PartnerCheckpoint fork, kyrgyz_.logs().OpenNote(Forged(3, ledger::LeafHash("other"))));
  ASSERT_OK(kyrgyz_.logs().Contradict(fork, kFork, kazakh_.Checkpoint()));
  v1::SettleContradictionRequest request;
  request.set_agency(kazakh_.agency());
  request.set_case_reference("SOC-2026-7");
  ASSERT_OK(kyrgyz_.logs().Settle({kyrgyz_.agency(), certs::Role::kOperator, "test"}, request));
  ASSERT_OK(kyrgyz_.logs().Contradict(fork, kFork, kazakh_.Checkpoint()));
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
}

class LogWatchTest : public ThreeNodes {
 protected:
  void SetUp() override {
    ThreeNodes::SetUp();
    kazakh_.Append(4);
    kyrgyz_.watch().Add(kazakh_.agency(), kazakh_.Checkpoint());
    kyrgyz_.watch().LookInto();
  }
  uint64_t Seen() { return TestNode::Must(kyrgyz_.logs().Seen(kazakh_.log_key().key().name))->size; }
};

TEST_F(LogWatchTest, WhatExchangesBringIsFollowed) {
  EXPECT_EQ(Seen(), 4u);
  kazakh_.Append(3);
  const std::string receipt = kazakh_.Checkpoint();
  kazakh_.Append(5);
  kyrgyz_.watch().Add(kazakh_.agency(), receipt);
  kyrgyz_.watch().LookInto();
  EXPECT_EQ(Seen(), 12u);
  // A receipt that comes late is no contradiction.
  kyrgyz_.watch().Add(kazakh_.agency(), receipt);
  kyrgyz_.watch().LookInto();
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
}

TEST_F(LogWatchTest, APartnerThatDoesNotAnswerIsNotAccused) {
  kazakh_.Append(3);
  kyrgyz_.watch().Add(kazakh_.agency(), kazakh_.Checkpoint());
  kazakh_.Stop();
  kyrgyz_.watch().LookInto();
  EXPECT_EQ(Seen(), 4u);
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));
}

TEST_F(LogWatchTest, AReceiptOfAnotherTreeIsAContradiction) {
  ledger::CompactRange other;
  for (const char* leaf : {"a", "b", "c"}) other.AppendLeaf(ledger::LeafHash(leaf));
  const std::string forged = ledger::SignNote(ledger::FormatCheckpoint({kazakh_.log_key().key().name, 3, other.Root()}),
                                              kazakh_.log_key().key(), kazakh_.log_key().signer());
  kyrgyz_.watch().Add(kazakh_.agency(), forged);
  kyrgyz_.watch().LookInto();
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_EQ(kyrgyz_.ContradictionsOf(kazakh_.agency()).at(0).what(), "inconsistent");
}

TEST_F(LogWatchTest, ALogThatShrankIsAContradictionOnceItsNodeSaysSo) {
  const std::string body = ledger::FormatAddCheckpoint({0, {}, kazakh_.Checkpoint()});
  kazakh_.Append(2);
  kyrgyz_.watch().Add(kazakh_.agency(), kazakh_.Checkpoint());
  kyrgyz_.watch().LookInto();
  ASSERT_EQ(Seen(), 6u);
  // A request that comes late looks like that, and is not.
  EXPECT_EQ(TestNode::Must(kyrgyz_.witness().AddCheckpoint(body, kazakh_.agency())).status, 409);
  kyrgyz_.watch().LookInto();
  EXPECT_OK(kyrgyz_.logs().Check(kazakh_.agency()));

  // Begun anew under the same key, and shorter.
  kazakh_.Stop();
  kazakh_.Wipe();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  kazakh_.Append(2);
  EXPECT_EQ(TestNode::Must(kyrgyz_.witness().AddCheckpoint(kazakh_.BodySince(0), kazakh_.agency())).status, 409);
  kyrgyz_.watch().LookInto();
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_EQ(kyrgyz_.ContradictionsOf(kazakh_.agency()).at(0).what(), "shrunk");
}

}  // namespace
}  // namespace tamga::witness
