#include "node/witness/witnessing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/cosignature.h"
#include "node/ledger/test_ed25519.h"
#include "node/witness/test_nodes.h"
#include "node/witness/witnessing_loop.h"

namespace tamga::witness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The Kazakh log, which the Kyrgyz and the Uzbek node cosign.
class WitnessingTest : public ThreeNodes {
 protected:
  v1::WitnessState StateOfNewest() { return kazakh_.Describe().state(); }
  v1::WitnessStatus StatusOf(const std::string& agency) {
    const v1::GetWitnessingResponse response = kazakh_.Describe();
    for (const v1::WitnessStatus& status : response.witnesses()) {
      if (status.agency() == agency) return status;
    }
    return {};
  }
  static v1::AddCheckpointResponse Answer(uint32_t status, const std::string& body, const std::string& seen = "") {
    v1::AddCheckpointResponse response;
    response.set_status(status);
    response.set_body(body);
    response.set_seen_checkpoint(seen);
    return response;
  }
  // A cosignature of the newest checkpoint at `time`.
  std::string CosignedAtTime(absl::Time time) {
    const ledger::TestLogKey& key = kyrgyz_.witness_key();
    const std::string text = ledger::ParseNote(kazakh_.Checkpoint()).value().text;
    return ledger::FormatSignature(
        ledger::Cosign(text, key.key(), static_cast<uint64_t>(absl::ToUnixSeconds(time)), key.signer()));
  }
};

TEST_F(WitnessingTest, ALogIsWitnessedAsItGrows) {
  kazakh_.Append(3);
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(kazakh_.witnessing().Of(2, clock_.Now()).witnesses, 2u);
  kazakh_.Append(1);
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  EXPECT_EQ(kazakh_.witnessing().Of(2, clock_.Now()).state, v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(kazakh_.witnessing().Of(3, clock_.Now()).witnesses, 0u);
  kazakh_.AskAll();
  const v1::GetWitnessingResponse response = kazakh_.Describe();
  EXPECT_EQ(response.log_size(), 4u);
  EXPECT_EQ(response.witnessed_size(), 4u);
  // What the quorum cosigned is a note that anybody can verify.
  ASSERT_OK_AND_ASSIGN(const ledger::Note note,
                       ledger::OpenNote(response.checkpoint(), kazakh_.log_key().key(), certs::VerifyEd25519));
  for (const TestNode* witness : {&kyrgyz_, &uzbek_}) {
    EXPECT_OK(ledger::CosignedAt(note, witness->witness_key().key(), certs::VerifyEd25519));
  }
}

TEST_F(WitnessingTest, WhatWasCosignedOutlivesARestart) {
  kazakh_.Append(3);
  kazakh_.AskAll();
  const std::string checkpoint = kazakh_.Describe().checkpoint();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(kazakh_.Describe().checkpoint(), checkpoint);
  EXPECT_EQ(StatusOf(kyrgyz_.agency()).cosigned_size(), 3u);
}

// What gRPC says of a connection names addresses.
TEST_F(WitnessingTest, WhatKeepsAWitnessFromCosigningIsToldInWordsOrByCode) {
  kyrgyz_.add_instead = [](const std::string&) { return absl::UnavailableError("ipv4:127.0.0.1:7401: refused"); };
  kazakh_.Append(1);
  kazakh_.AskAll();
  EXPECT_EQ(StatusOf(kyrgyz_.agency()).fault(), "ipv4:127.0.0.1:7401: refused");
  const v1::GetWitnessingResponse response = kazakh_.Describe(Witnessing::Faults::kByCode);
  ASSERT_THAT(response.witnesses(), SizeIs(2));
  EXPECT_EQ(response.witnesses(0).fault(), "UNAVAILABLE");
  EXPECT_EQ(response.witnesses(1).fault(), "");
}

TEST_F(WitnessingTest, TheQuorumIsThePolicys) {
  uzbek_.add_instead = [](const std::string&) { return absl::UnavailableError("down"); };
  kazakh_.Append(1);
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  kazakh_.Start({&kyrgyz_, &uzbek_}, "all");
  // Yesterday's quorum is none by today's policy.
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  uzbek_.add_instead = nullptr;
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  kazakh_.Start({&kyrgyz_, &uzbek_}, "none");
  kazakh_.Append(1);
  clock_.Advance(absl::Hours(5));
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
}

TEST_F(WitnessingTest, WhatNoQuorumCosignsInTimeIsLate) {
  for (TestNode* node : {&kyrgyz_, &uzbek_}) {
    node->add_instead = [](const std::string&) { return absl::DeadlineExceededError("stalls"); };
  }
  kazakh_.Append(1);
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  clock_.Advance(absl::Hours(4) + absl::Seconds(1));
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LATE);
  // A clock that is put back does not do harm.
  clock_.Advance(-absl::Hours(24));
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  kyrgyz_.add_instead = nullptr;
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
}

TEST_F(WitnessingTest, AWitnessThatStallsIsAskedLast) {
  std::vector<std::string> asked;
  kyrgyz_.add_instead = [&](const std::string&) {
    asked.push_back("kyrgyz");
    return absl::DeadlineExceededError("stalls");
  };
  kazakh_.Append(1);
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  kazakh_.Append(1);
  uzbek_.add_instead = [&](const std::string&) {
    asked.push_back("uzbek");
    return absl::UnavailableError("down");
  };
  kazakh_.AskAll();
  EXPECT_EQ(asked, (std::vector<std::string>{"kyrgyz", "uzbek", "kyrgyz"}));
  EXPECT_EQ(StatusOf(kyrgyz_.agency()).fault(), "stalls");
}

TEST_F(WitnessingTest, AWitnessThatLiesIsNotBelieved) {
  kazakh_.Append(2);
  const absl::Time now = clock_.Now();
  ledger::CompactRange other;
  for (const char* leaf : {"a", "b", "c"}) other.AppendLeaf(ledger::LeafHash(leaf));
  const ledger::TestLogKey stranger("log.stranger");
  const std::string strangers =
      ledger::SignNote(ledger::FormatCheckpoint({"log.stranger", 9, other.Root()}), stranger.key(), stranger.signer());
  const std::pair<v1::AddCheckpointResponse, const char*> lies[] = {
      {Answer(409, "1000000\n"), "shows no checkpoint that this log signed"},
      {Answer(409, "9\n", strangers), "no checkpoint of this log"},
      {Answer(409, "9\n", "nonsense"), "no checkpoint of this log"},
      {Answer(409, "many\n"), "seen size"},
      {Answer(409, "1"), "is no size"},
      {Answer(409, "1\n"), "another size"},
      {Answer(422, "wrong\n"), "does not accept a proof that is right"},
      {Answer(403, "no\n"), "status 403"},
      {Answer(200, ""), "signed note"},
      {Answer(200, CosignedAtTime(now + absl::Hours(1))), "is of the future"},
      {Answer(200, ledger::FormatSignature(
                       {kyrgyz_.witness_key().key().name, kyrgyz_.witness_key().key().Id(), std::string(72, 's')})),
       "does not verify"},
      {Answer(200, ledger::FormatSignature({"another", "1234", std::string(72, 's')})), "not cosigned"},
  };
  uzbek_.add_instead = [](const std::string&) { return absl::UnavailableError("down"); };
  for (const auto& [lie, fault] : lies) {
    kyrgyz_.add_instead = [answer = lie](const std::string&) { return answer; };
    kazakh_.AskAll();
    EXPECT_THAT(StatusOf(kyrgyz_.agency()).fault(), HasSubstr(fault));
    EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED) << fault;
    EXPECT_OK(kazakh_.witnessing().CheckNotRolledBack());
  }
  // The log goes on, and so does the witness once it tells the truth.
  kazakh_.Append(1);
  kyrgyz_.add_instead = nullptr;
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(StatusOf(kyrgyz_.agency()).fault(), "");
}

TEST_F(WitnessingTest, AnOldBackupIsRecognisedAndNothingIsLoggedAnyMore) {
  kazakh_.Append(2);
  kazakh_.AskAll();
  kazakh_.Stop();
  kazakh_.Backup();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  kazakh_.Append(5);
  kazakh_.AskAll();
  const std::string newest = kazakh_.Checkpoint();
  kazakh_.Stop();
  kazakh_.Restore();
  // The partners are down at first: then it cannot be known.
  kazakh_.Start({&kyrgyz_, &uzbek_});
  for (TestNode* node : {&kyrgyz_, &uzbek_}) {
    node->add_instead = [](const std::string&) { return absl::UnavailableError("down"); };
  }
  kazakh_.AskAll();
  EXPECT_OK(kazakh_.witnessing().CheckNotRolledBack());
  uzbek_.add_instead = nullptr;
  kazakh_.AskAll();
  EXPECT_THAT(kazakh_.witnessing().CheckNotRolledBack(), HasReason("LOG_ROLLED_BACK"));
  EXPECT_THAT(kazakh_.witnessing().CheckNotRolledBack().message(),
              AllOf(HasSubstr("has 2 entries"), HasSubstr("over 7"), HasSubstr("restore"), HasSubstr("new log")));
  EXPECT_EQ(kazakh_.witnessing().Of(2, clock_.Now()).state, v1::WITNESS_STATE_CONTRADICTED);
  EXPECT_THAT(kazakh_.sequencer().Append({{}, ledger::TestEntry(99)}), HasReason("LOG_ROLLED_BACK"));
  // Nobody accuses it: it says so by itself.
  EXPECT_OK(uzbek_.logs().Check(kazakh_.agency()));
}

TEST_F(WitnessingTest, AnEmptyFolderInThePlaceOfALogIsRecognised) {
  kazakh_.Append(2);
  kazakh_.AskAll();
  kazakh_.Stop();
  kazakh_.Wipe();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  kazakh_.AskAll();
  EXPECT_THAT(kazakh_.witnessing().CheckNotRolledBack(), HasReason("LOG_ROLLED_BACK"));
}

TEST_F(WitnessingTest, AForkedLogIsContradictedUntilTheWitnessesOperatorSettles) {
  kazakh_.Append(2);
  kazakh_.AskAll();
  kazakh_.Stop();
  kazakh_.Backup();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  kazakh_.Append(3);
  kazakh_.AskAll();
  kazakh_.Stop();
  kazakh_.Restore();
  kazakh_.Start({&kyrgyz_, &uzbek_});
  // It goes on before it can ask anybody.
  kazakh_.Append(6);
  uzbek_.add_instead = [](const std::string&) { return absl::UnavailableError("down"); };
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_CONTRADICTED);
  EXPECT_THAT(StatusOf(kyrgyz_.agency()).fault(), HasSubstr("another log of this origin"));
  EXPECT_THAT(kyrgyz_.logs().Check(kazakh_.agency()), HasReason("PARTNER_LOG_CONTRADICTED"));
  kazakh_.AskAll();
  EXPECT_THAT(kyrgyz_.ContradictionsOf(kazakh_.agency()), SizeIs(1));

  v1::SettleContradictionRequest request;
  request.set_agency(kazakh_.agency());
  request.set_case_reference("SOC-2026-7");
  ASSERT_OK(kyrgyz_.logs().Settle({kyrgyz_.agency(), certs::Role::kOperator, "test"}, request));
  kazakh_.AskAll();
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(StatusOf(kyrgyz_.agency()).fault(), "");
}

TEST_F(WitnessingTest, AWitnessThatForksTheLogByItselfIsNotBelieved) {
  // It shows a checkpoint of this log's own past, and says that it goes with no other.
  kazakh_.Append(2);
  const std::string past = kazakh_.Checkpoint();
  kazakh_.Append(2);
  kyrgyz_.add_instead = [&](const std::string&) { return Answer(422, "fork\n", past); };
  kazakh_.AskAll();
  EXPECT_THAT(StatusOf(kyrgyz_.agency()).fault(), HasSubstr("does not accept a proof that is right"));
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);  // by the other
}

TEST_F(WitnessingTest, AWitnessOfThePolicyThatIsNoPartnerIsShown) {
  const ledger::TestLogKey other("witness.example", ledger::kCosignature);
  TestNode alone("RUS/interior-ministry", clock_, rng_);
  alone.Start({});
  const std::string policy = absl::StrCat("witness other ", ledger::FormatVkey(other.key()), "\nquorum other\n");
  ledger::LogReader reader(alone.database());
  const auto witnessing =
      TestNode::Must(Witnessing::Open(WitnessingParts{alone.log_key().key(),
                                                      TestNode::Must(ledger::ParseTlogPolicy(policy)),
                                                      {},
                                                      absl::Hours(4),
                                                      absl::Seconds(1),
                                                      absl::Minutes(2),
                                                      alone.database(),
                                                      alone.sequencer(),
                                                      reader,
                                                      clock_}));
  v1::GetWitnessingResponse response;
  ASSERT_OK(witnessing->Describe(Witnessing::Faults::kInWords, &response));
  ASSERT_THAT(response.witnesses(), SizeIs(1));
  EXPECT_EQ(response.witnesses(0).name(), "witness.example");
  EXPECT_THAT(response.witnesses(0).fault(), HasSubstr("no partner"));
}

TEST_F(WitnessingTest, TheLoopAsksByItself) {
  kazakh_.Append(2);
  Mutex mutex;
  CondVar asked;
  int questions = 0;
  uzbek_.add_instead = [&](const std::string& body) {
    const absl::StatusOr<WitnessAnswer> answer = uzbek_.witness().AddCheckpoint(body, kazakh_.agency());
    MutexLock lock(mutex);
    ++questions;
    asked.NotifyAll();
    return Answer(static_cast<uint32_t>(answer->status), answer->body);
  };
  {
    WitnessingLoop loop(kazakh_.witnessing(), kazakh_.watch(), absl::Milliseconds(1));
    MutexLock lock(mutex);
    while (questions == 0) asked.Wait(mutex);
  }
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
}

}  // namespace
}  // namespace tamga::witness
