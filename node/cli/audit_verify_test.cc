#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"
#include "node/ledger/cosignature.h"
#include "node/ledger/test_ed25519.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AuditVerifyTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    for (int i = 0; i < 6; ++i) audit_.log.Append(std::to_string(i));
  }

  int Verify() { return RunAsCaller({"audit", "verify", "--remember", Path("remembered")}); }
};

TEST_F(AuditVerifyTest, AnIntactLogIsProvenAndRemembered) {
  ASSERT_EQ(Verify(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("6 of them proven here"));
  EXPECT_THAT(err(), HasSubstr("Taking the log's key from the node itself"));
  audit_.log.Append("6");
  ASSERT_EQ(Verify(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("begins with the 6 entries remembered"));
  EXPECT_THAT(err(), Not(HasSubstr("Taking the log's key")));
}

TEST_F(AuditVerifyTest, ARewrittenPastIsFoundThoughTheNodeSaysThatAllIsWell) {
  ASSERT_EQ(Verify(), 0) << err();
  const absl::StatusOr<std::string> before = ReadFile(Path("remembered"));
  audit_.log.Rewrite(2, "another");
  audit_.log.Append("6");
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("does not begin with the log of 6 entries"));
  EXPECT_THAT(err(), HasSubstr("reason: LOG_FAULT"));
  ASSERT_OK_AND_ASSIGN(const std::string after, ReadFile(Path("remembered")));
  EXPECT_EQ(after, *before);
}

TEST_F(AuditVerifyTest, AShrunkLogIsFound) {
  ASSERT_EQ(Verify(), 0) << err();
  audit_.log = TestLog();
  audit_.log.Append("0");
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("has shrunk"));
}

TEST_F(AuditVerifyTest, ALogThatIsNowSignedByAnotherKeyIsFound) {
  ASSERT_EQ(Verify(), 0) << err();
  audit_.log = TestLog('x');
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("the checkpoint"));
}

TEST_F(AuditVerifyTest, AnEntryThatIsNotInTheLogIsNamedByItsIndex) {
  audit_.spoil = [](v1::ProveInclusionResponse& response) {
    if (response.entry_bytes().find('4') != std::string::npos) response.set_entry_bytes("forged");
  };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("\n4      -"));
}

TEST_F(AuditVerifyTest, ANodeThatShowsTheRememberedCheckpointAgainForAnotherLogIsFoundOut) {
  ASSERT_EQ(Verify(), 0) << err();
  ASSERT_OK_AND_ASSIGN(const std::string before, ReadFile(Path("remembered")));
  const std::string remembered = audit_.log.Checkpoint(6);
  audit_.log = TestLog();
  for (int i = 0; i < 20; ++i) audit_.log.Append("made up");
  audit_.spoil_growth = [&](v1::ProveConsistencyResponse& response) {
    response.clear_hashes();
    response.set_checkpoint(remembered);
  };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("the log of 20 entries does not begin with the log of 6 entries"));
  EXPECT_EQ(ReadFile(Path("remembered")).value(), before);
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.1")).value(), remembered);
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.2")).value(), audit_.log.Checkpoint(20));
  // Kept once, and not replaced by what comes next.
  audit_.log.Append("more");
  EXPECT_EQ(Verify(), 1);
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.2")).value(), audit_.log.Checkpoint(20));
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.3")).value(), audit_.log.Checkpoint(21));
  EXPECT_THAT(ReadFile(Path("remembered.contradicting.4")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AuditVerifyTest, ProofsInAnotherTreeThanThatOfTheCheckpointAreFaults) {
  TestLog shown;  // to the one who asks for proofs
  for (int i = 0; i < 9; ++i) shown.Append(std::to_string(i) + " as it was");
  audit_.spoil = [&](v1::ProveInclusionResponse& response) {
    response = shown.ProveInclusion(ledger::ParseTlogProof(response.proof())->index);
  };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("asked for a proof in its log of 6 entries and proves it in another one, of 9 entries"));
  EXPECT_THAT(out(), HasSubstr("(and 5 more like this)"));
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.1")).value(), audit_.log.Checkpoint(6));
  EXPECT_EQ(ReadFile(Path("remembered.contradicting.2")).value(), shown.Checkpoint(9));
}

TEST_F(AuditVerifyTest, EverythingIsCheckedByTheCheckpointThatWasTheNewestAtTheStart) {
  audit_.spoil_verdict = [this](v1::VerifyVerdict&) {
    for (int i = 0; i < 5; ++i) audit_.log.Append("read");
  };
  ASSERT_EQ(Verify(), 0) << err() << out();
  EXPECT_THAT(out(), HasSubstr("6 entries, 6 of them proven here"));
  EXPECT_THAT(ReadFile(Path("remembered")).value(), HasSubstr(audit_.log.Checkpoint(6)));
}

TEST_F(AuditVerifyTest, AVerdictAboutAnotherLogIsFoundOut) {
  audit_.spoil_verdict = [](v1::VerifyVerdict& verdict) { verdict.set_root(std::string(32, 'x')); };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("another root than it signs"));
  audit_.spoil_verdict = [](v1::VerifyVerdict& verdict) { verdict.set_checkpoint_size(5); };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("verdict is about 5 entries"));
  audit_.spoil_verdict = [this](v1::VerifyVerdict& verdict) {
    audit_.log.Append("6");
    verdict.set_checkpoint_size(7);
  };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("verified another log than it signs"));
}

TEST_F(AuditVerifyTest, WhatTheNodeSaysOfItsOwnLogIsPartOfTheVerdict) {
  witness_.witnessing.set_state(v1::WITNESS_STATE_CONTRADICTED);
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("the log is contradicted"));
  EXPECT_THAT(ReadFile(Path("remembered")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AuditVerifyTest, ARolledBackLogIsSaidOnceAndWithTheRightAdvice) {
  audit_.refusal = Error(absl::StatusCode::kUnavailable, "LOG_ROLLED_BACK", "an old backup was restored; restore it");
  EXPECT_EQ(Verify(), 1);
  EXPECT_EQ(out().find("an old backup was restored"), out().rfind("an old backup was restored"));
  EXPECT_THAT(err(), AllOf(HasSubstr("reason: LOG_ROLLED_BACK"), Not(HasSubstr("do not restart"))));
}

TEST_F(AuditVerifyTest, WithoutASampleItIsTheNodesWordAndIsCalledSo) {
  ASSERT_EQ(RunAsCaller({"audit", "verify", "--sample", "0"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("The node says that its log is intact: 6 entries, none of which was proven here."));
}

TEST_F(AuditVerifyTest, ProgramsAreToldWhatWasProvenHereToo) {
  ASSERT_EQ(Verify(), 0) << err();
  audit_.log.Append("6");
  ASSERT_EQ(RunAsCaller({"audit", "verify", "--remember", Path("remembered"), "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"intact\": true"), HasSubstr("\"entriesProven\": \"7\""),
                           HasSubstr("\"sample\": \"32\""), HasSubstr("\"consistentSince\": \"6\""),
                           HasSubstr("\"keyNamedByNode\": false"), HasSubstr("\"contradictingNotes\": []")));
  google::protobuf::Struct parsed;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(out(), &parsed).ok()) << out();
}

TEST_F(AuditVerifyTest, MistakesOfTheAuditorAreNoFaultsOfTheLog) {
  ASSERT_EQ(Verify(), 0) << err();
  ledger::NoteKey other = TestLog('x').key();
  other.name = "log.interior-ministry.kgz.tamga";
  ASSERT_OK(WriteFile(Path("other"), ledger::FormatVkey(other) + "\n"));
  EXPECT_EQ(RunAsCaller({"audit", "verify", "--vkey", Path("other")}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("log.interior-ministry.kgz.tamga"), HasSubstr("log.border-service.kaz.tamga"),
                           Not(HasSubstr("LOG_FAULT"))));
  EXPECT_EQ(RunAsCaller({"audit", "verify", "--vkey", Path("other"), "--remember", Path("remembered")}), 2);
  EXPECT_THAT(err(), HasSubstr("name the file and the key of one log"));
  ASSERT_OK_AND_ASSIGN(const std::string remembered, ReadFile(Path("remembered")));
  ASSERT_OK(WriteFile(Path("remembered"), remembered.substr(0, remembered.size() - 5)));
  EXPECT_EQ(Verify(), 2);
  EXPECT_THAT(err(), HasSubstr("cut off or was changed"));
}

TEST_F(AuditVerifyTest, AnotherKeyThanTheNodePublishesIsToBeAskedAboutFirst) {
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key())));
  ASSERT_EQ(RunAsCaller({"audit", "verify", "--vkey", Path("vkey"), "--remember", Path("remembered")}), 0) << err();
  ASSERT_OK(WriteFile(Path("other"), ledger::FormatVkey(TestLog('x').key())));
  EXPECT_EQ(RunAsCaller({"audit", "verify", "--vkey", Path("other")}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("--vkey: the keys differ: "), HasSubstr(ledger::FormatVkey(audit_.log.key())),
                           HasSubstr("reason: INVALID_FIELD"), Not(HasSubstr("do not restart"))));
  // By the key that was the log's at the last visit, another one is the log's fault.
  audit_.log = TestLog('x');
  EXPECT_EQ(RunAsCaller({"audit", "verify", "--vkey", Path("vkey"), "--remember", Path("remembered")}), 1);
  EXPECT_THAT(err(), HasSubstr("reason: LOG_FAULT"));
}

// A policy by which KGZ and UZB may cosign, and one of the two must.
class WitnessPolicyTest : public AuditVerifyTest {
 protected:
  void SetUp() override {
    AuditVerifyTest::SetUp();
    WritePolicy("quorum abroad\n");
  }

  void WritePolicy(const std::string& quorum, const std::string& log = "") {
    ASSERT_OK(WriteFile(
        Path("policy"),
        absl::StrCat("log ", log.empty() ? ledger::FormatVkey(audit_.log.key()) : log, "\nwitness kgz ",
                     ledger::FormatVkey(kgz_.key()), "\nwitness uzb ", ledger::FormatVkey(uzb_.key()), "\n",
                     quorum.find("abroad") == std::string::npos ? "" : "group abroad any kgz uzb\n", quorum)));
  }

  // The log's checkpoint of this size, cosigned.
  std::string Cosigned(const TestLog& log, uint64_t size, const std::vector<const ledger::TestLogKey*>& witnesses) {
    ledger::Note note = ledger::ParseNote(log.Checkpoint(size)).value();
    for (const ledger::TestLogKey* witness : witnesses) {
      note.signatures.push_back(ledger::Cosign(note.text, witness->key(), 1'795'000'000, witness->signer()));
    }
    return ledger::FormatNote(note);
  }

  int VerifyByPolicy() {
    return RunAsCaller({"audit", "verify", "--remember", Path("remembered"), "--policy", Path("policy")});
  }

  const ledger::TestLogKey kgz_{"witness.kgz", ledger::kCosignature};
  const ledger::TestLogKey uzb_{"witness.uzb", ledger::kCosignature};
  const ledger::TestLogKey stranger_{"witness.tjk", ledger::kCosignature};
};

TEST_F(WitnessPolicyTest, CosignaturesAreCountedByTheAuditorsOwnPolicy) {
  witness_.witnessing.set_checkpoint(Cosigned(audit_.log, 4, {&kgz_, &stranger_}));
  ASSERT_EQ(VerifyByPolicy(), 0) << err() << out();
  EXPECT_THAT(out(), HasSubstr("Witnessed by 1: kgz; quorum met, over 4 of 6 entries."));
  witness_.witnessing.set_checkpoint(Cosigned(audit_.log, 4, {&stranger_}));
  EXPECT_EQ(VerifyByPolicy(), 1);
  EXPECT_THAT(out(), HasSubstr("Witnessed by 0; quorum not met"));
  EXPECT_THAT(err(), HasSubstr("NOT_WITNESSED"));
  witness_.witnessing.clear_checkpoint();
  EXPECT_EQ(VerifyByPolicy(), 1);
  WritePolicy("quorum none\n");
  EXPECT_EQ(VerifyByPolicy(), 0) << err();
}

TEST_F(WitnessPolicyTest, AnAllegedCosignatureIsAFault) {
  std::string note = Cosigned(audit_.log, 4, {&uzb_});
  witness_.witnessing.set_checkpoint(note);
  ASSERT_EQ(VerifyByPolicy(), 0) << err() << out();
  ledger::Note forged = ledger::ParseNote(note).value();
  forged.signatures.back().signature.back() ^= 1;
  witness_.witnessing.set_checkpoint(ledger::FormatNote(forged));
  EXPECT_EQ(VerifyByPolicy(), 1);
  EXPECT_THAT(out(), HasSubstr("cosignature of witness.uzb: does not verify"));
}

TEST_F(WitnessPolicyTest, ALogThatIsNotTheOneThatWasCosignedIsFoundOut) {
  TestLog shown_to_witnesses;
  for (int i = 0; i < 9; ++i) shown_to_witnesses.Append("another past");
  for (const uint64_t size : {4, 6, 9}) {
    witness_.witnessing.set_checkpoint(Cosigned(shown_to_witnesses, size, {&kgz_, &uzb_}));
    EXPECT_EQ(VerifyByPolicy(), 1) << size;
    EXPECT_THAT(err(), HasSubstr("LOG_FAULT"));
    EXPECT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy"), "--policy", Path("policy")}), 1);
  }
  EXPECT_THAT(ReadFile(Path("remembered.contradicting.1")).value(), HasSubstr("witness.kgz"));
  EXPECT_THAT(ReadFile(Path("copy/checkpoint.contradicting.1")).value(), HasSubstr("witness.kgz"));
  EXPECT_THAT(ReadFile(Path("copy/checkpoint.cosigned")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(WitnessPolicyTest, AnExportKeepsTheCosignedCheckpoint) {
  const std::string cosigned = Cosigned(audit_.log, 5, {&kgz_});
  witness_.witnessing.set_checkpoint(cosigned);
  ASSERT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy"), "--policy", Path("policy")}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("Witnessed by 1: kgz; quorum met, over 5 of 6 entries."));
  EXPECT_EQ(ReadFile(Path("copy/checkpoint.cosigned")).value(), cosigned);
  WritePolicy("quorum uzb\n");
  EXPECT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy"), "--policy", Path("policy")}), 1);
}

TEST_F(WitnessPolicyTest, TheCosignedCheckpointOfAnExportIsCheckedWithoutTheNode) {
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key()) + "\n"));
  const std::vector<std::string> verify = {"audit", "verify-export", Path("copy"), "--vkey", Path("vkey")};
  std::vector<std::string> by_policy = verify;
  by_policy.insert(by_policy.end(), {"--policy", Path("policy")});
  ASSERT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy")}), 0) << err();
  EXPECT_EQ(Run(verify), 0) << err();
  EXPECT_EQ(Run(by_policy), 1);  // nobody cosigned anything
  EXPECT_THAT(err(), HasSubstr("NOT_WITNESSED"));

  // A tile's width and more later, the cosigned one is of the log's beginning.
  witness_.witnessing.set_checkpoint(Cosigned(audit_.log, 5, {&kgz_}));
  ASSERT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy"), "--policy", Path("policy")}), 0) << err();
  while (audit_.log.size() < 300) audit_.log.Append(std::to_string(audit_.log.size()));
  ASSERT_EQ(RunAsCaller({"audit", "export", "--out", Path("copy")}), 0) << err();
  EXPECT_EQ(Run(verify), 0) << err();
  EXPECT_EQ(Run(by_policy), 0) << err();
  EXPECT_THAT(err(), HasSubstr("Witnessed by 1: kgz; quorum met, over 5 of 300 entries."));
  WritePolicy("quorum uzb\n");
  EXPECT_EQ(Run(by_policy), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("quorum not met"), HasSubstr("NOT_WITNESSED")));
  EXPECT_EQ(Run(verify), 0) << err();

  const auto replace = [&](const std::string& cosigned) {
    ASSERT_OK(WriteFile(Path("copy/checkpoint.cosigned"), cosigned));
  };
  std::string cut = Cosigned(audit_.log, 5, {&kgz_});
  cut.resize(30);
  ASSERT_NO_FATAL_FAILURE(replace(cut));
  EXPECT_EQ(Run(verify), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("copy/checkpoint.cosigned"), HasSubstr("COPY_FAULT")));
  ledger::Note forged = ledger::ParseNote(Cosigned(audit_.log, 300, {&uzb_})).value();
  forged.signatures.back().signature.back() ^= 1;
  ASSERT_NO_FATAL_FAILURE(replace(ledger::FormatNote(forged)));
  EXPECT_EQ(Run(by_policy), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("does not verify"), HasSubstr("COPY_FAULT")));
  TestLog other;
  for (int i = 0; i < 301; ++i) other.Append("another past");
  for (const uint64_t size : {5, 256, 300}) {
    ASSERT_NO_FATAL_FAILURE(replace(Cosigned(other, size, {&uzb_})));
    EXPECT_EQ(Run(verify), 1) << size;
    EXPECT_THAT(err(), AllOf(HasSubstr("are of two logs"), HasSubstr("LOG_FAULT")));
    ASSERT_NO_FATAL_FAILURE(replace(Cosigned(audit_.log, size, {&uzb_})));
    EXPECT_EQ(Run(by_policy), 0) << size << err();
  }
  ASSERT_NO_FATAL_FAILURE(replace(Cosigned(other, 301, {&uzb_})));
  EXPECT_EQ(Run(verify), 0) << err();
  EXPECT_THAT(err(), HasSubstr("is over 301 entries, more than the export has"));
  EXPECT_EQ(Run(by_policy), 1);
}

TEST_F(WitnessPolicyTest, APolicyOfAnotherLogIsAMistakeOfTheCaller) {
  WritePolicy("quorum abroad\n", ledger::FormatVkey(TestLog('x').key()));
  EXPECT_EQ(VerifyByPolicy(), 2);
  EXPECT_THAT(err(), HasSubstr("policy of another log"));
  ASSERT_OK(WriteFile(Path("policy"), "quorum nobody\n"));
  EXPECT_EQ(VerifyByPolicy(), 2);
}

TEST_F(AuditVerifyTest, AProofCanBeGivenAwayAndVerifiedWithoutTheNode) {
  ASSERT_EQ(RunAsCaller({"audit", "prove", "3", "--out", Path("proof")}), 0) << err();
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key()) + "\n"));
  const std::vector<std::string> verify = {"audit",   "verify-proof",      "--proof", Path("proof"),
                                           "--entry", Path("proof.entry"), "--vkey",  Path("vkey")};
  EXPECT_EQ(Run(verify), 0) << err();
  EXPECT_THAT(err(), HasSubstr("this is entry 3 of log.border-service.kaz.tamga, which had 6 entries"));
  ASSERT_OK(WriteFile(Path("proof.entry"), audit_.log.entry(2)));
  EXPECT_EQ(Run(verify), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("COPY_FAULT"), Not(HasSubstr("do not restart"))));
  // Files that were swapped, cut off or mistaken.
  ASSERT_OK_AND_ASSIGN(const std::string proof, ReadFile(Path("proof")));
  for (const std::string& mistaken : {audit_.log.entry(3), std::string(), proof.substr(0, proof.size() - 1)}) {
    ASSERT_OK(WriteFile(Path("proof"), mistaken));
    EXPECT_EQ(Run(verify), 2);
    EXPECT_THAT(err(), HasSubstr("audit prove --out"));
  }
  ASSERT_OK(WriteFile(Path("proof"), proof));
  ASSERT_OK(WriteFile(Path("proof.entry"), ""));
  EXPECT_EQ(Run(verify), 2);
  ASSERT_OK(WriteFile(Path("vkey"), "no key"));
  EXPECT_EQ(Run(verify), 2);
}

}  // namespace
}  // namespace tamga::cli
