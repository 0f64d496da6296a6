// What a witness that no partner runs can say, and what its words are worth: it shows no checkpoints.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/ledger/cosignature.h"
#include "node/witness/test_nodes.h"

namespace tamga::witness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// The Kazakh log, with the Kyrgyz node's witness asked as if over HTTPS.
class OutsideWitnessTest : public ThreeNodes {
 protected:
  void SetUp() override {
    ThreeNodes::SetUp();
    Restart();
  }

  // As after a start of the node.
  void Restart() {
    reader_ = std::make_unique<ledger::LogReader>(kazakh_.database());
    const std::string policy =
        absl::StrCat("witness outside ", ledger::FormatVkey(kyrgyz_.witness_key().key()), "\nquorum outside\n");
    witnessing_ = TestNode::Must(Witnessing::Open(WitnessingParts{kazakh_.log_key().key(),
                                                                  TestNode::Must(ledger::ParseTlogPolicy(policy)),
                                                                  {{"", kyrgyz_.witness_key().key(), peer_}},
                                                                  absl::Hours(4),
                                                                  absl::Seconds(2),
                                                                  absl::Minutes(2),
                                                                  kazakh_.database(),
                                                                  kazakh_.sequencer(),
                                                                  *reader_,
                                                                  clock_}));
  }

  v1::GetWitnessingResponse Describe() {
    v1::GetWitnessingResponse response;
    EXPECT_OK(witnessing_->Describe(Witnessing::Faults::kInWords, &response));
    return response;
  }
  v1::WitnessState StateOfNewest() { return Describe().state(); }

  v1::WitnessStatus AskAndDescribe() {
    witnessing_->AskAll(absl::InfiniteFuture(), [] { return false; });
    const v1::GetWitnessingResponse response = Describe();
    EXPECT_THAT(response.witnesses(), SizeIs(1));
    return response.witnesses(0);
  }

  static v1::AddCheckpointResponse Answer(uint32_t status, const std::string& body = "") {
    v1::AddCheckpointResponse response;
    response.set_status(status);
    response.set_body(body);
    return response;
  }

  PeerFunctions::Add answer_instead_;
  PeerFunctions peer_{[this](const std::string& body) -> absl::StatusOr<v1::AddCheckpointResponse> {
                        if (answer_instead_) return answer_instead_(body);
                        const WitnessAnswer answer = kyrgyz_.witness().AnswerHttp(body);
                        return Answer(static_cast<uint32_t>(answer.status), answer.body);
                      },
                      nullptr};
  std::unique_ptr<ledger::LogReader> reader_;
  std::unique_ptr<Witnessing> witnessing_;
};

TEST_F(OutsideWitnessTest, ItsCosignaturesCount) {
  kazakh_.Append(3);
  const v1::WitnessStatus status = AskAndDescribe();
  EXPECT_EQ(status.name(), kyrgyz_.witness_key().key().name);
  EXPECT_EQ(status.agency(), "");
  EXPECT_EQ(status.cosigned_size(), 3u);
  EXPECT_EQ(status.fault(), "");
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
  EXPECT_EQ(witnessing_->Of(2, clock_.Now()).witnesses, 1u);
  ASSERT_OK_AND_ASSIGN(const ledger::Note note, ledger::OpenNote(witnessing_->WitnessedCheckpoint(),
                                                                 kazakh_.log_key().key(), certs::VerifyEd25519));
  EXPECT_OK(ledger::CosignedAt(note, kyrgyz_.witness_key().key(), certs::VerifyEd25519));
  // After a start it says how far it has seen the log, and is asked from there.
  Restart();
  kazakh_.Append(2);
  EXPECT_EQ(AskAndDescribe().cosigned_size(), 5u);
  EXPECT_OK(witnessing_->CheckCompared());
}

TEST_F(OutsideWitnessTest, WhatItsStatusMeansIsTold) {
  kazakh_.Append(1);
  const std::pair<uint32_t, const char*> cases[] = {
      {302, "correct its url"}, {400, "status 400"},
      {403, "log.vkey"},        {404, "log.vkey"},
      {422, "twice"},           {429, "raise witnessing.interval_ms"},
      {500, "status 500"},      {503, "asked again soon"},
  };
  for (const auto& [status, words] : cases) {
    answer_instead_ = [code = status](const std::string&) { return Answer(code); };
    EXPECT_THAT(AskAndDescribe().fault(), HasSubstr(words));
    EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
    // None of these says what it has seen.
    EXPECT_THAT(witnessing_->CheckCompared(), HasReason("LOG_NOT_COMPARED")) << status;
  }
  clock_.Advance(absl::Hours(5));
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LATE);
  answer_instead_ = nullptr;
  EXPECT_EQ(AskAndDescribe().fault(), "");
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_WITNESSED);
}

// It may be right, and it may lie: the log goes on, but vouches for nobody until it knows more.
TEST_F(OutsideWitnessTest, ASizeAboveTheLogsIsNoProofAndNoComparisonEither) {
  kazakh_.Append(2);
  answer_instead_ = [](const std::string&) { return Answer(409, "9\n"); };
  EXPECT_THAT(AskAndDescribe().fault(), AllOf(HasSubstr("at size 9"), HasSubstr("if a backup was restored")));
  EXPECT_OK(witnessing_->CheckNotRolledBack());
  EXPECT_THAT(witnessing_->CheckCompared(), HasReason("LOG_NOT_COMPARED"));
  EXPECT_EQ(StateOfNewest(), v1::WITNESS_STATE_LOGGED);
  answer_instead_ = nullptr;
  AskAndDescribe();
  EXPECT_OK(witnessing_->CheckCompared());
}

// By an exchange, while a round of questions is under way.
TEST_F(OutsideWitnessTest, ItMayHaveSeenMoreThanTheRoundIsAbout) {
  kazakh_.Append(1);
  answer_instead_ = [this](const std::string&) {
    kazakh_.Append(1);
    return Answer(409, "2\n");
  };
  EXPECT_THAT(AskAndDescribe().fault(), AllOf(HasSubstr("newer checkpoint already"), Not(HasSubstr("backup"))));
}

TEST_F(OutsideWitnessTest, ASizeBelowTheLogsIsWhereTheProofBegins) {
  kazakh_.Append(2);
  AskAndDescribe();
  kazakh_.Append(3);
  Restart();
  std::vector<std::string> bodies;
  answer_instead_ = [&](const std::string& body) {
    bodies.push_back(body.substr(0, body.find('\n')));
    const WitnessAnswer answer = kyrgyz_.witness().AnswerHttp(body);
    return Answer(static_cast<uint32_t>(answer.status), answer.body);
  };
  EXPECT_EQ(AskAndDescribe().cosigned_size(), 5u);
  EXPECT_EQ(bodies, (std::vector<std::string>{"old 0", "old 2"}));
}

}  // namespace
}  // namespace tamga::witness
