#include "node/evidence/anchor_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/evidence/test_log.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {
namespace {

using ::testing::HasSubstr;

constexpr char kKazakh[] = "KAZ/interior-ministry";
constexpr char kKyrgyz[] = "KGZ/interior-ministry";

// Kazakhstan's node gave evidence of an exchange with Kyrgyzstan, and an act of Uzbekistan is in it, too.
class AnchorCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::LogEntry entry;
    entry.set_own(kKazakh);
    entry.set_partner(kKyrgyz);
    log_.Append(entry.SerializeAsString());
    v1::LogEvidence& log = *bundle_.add_logs();
    log.set_agency(kKazakh);
    log.set_checkpoint(log_.NoteAt(1));
    v1::EntryEvidence& evidence = *bundle_.add_exchanges()->add_entries();
    evidence.set_agency(kKazakh);
    evidence.set_entry(log_.entry(0));
    evidence.set_proof(log_.ProofOf(0, 1));
    bundle_.mutable_exchanges(0)->set_exchange_id("0123456789abcdef");
    bundle_.mutable_treaties()->add_acts()->set_state("UZB");
    anchors_.logs = {{kKazakh, log_.key()}};
  }

  absl::Status Check(const std::vector<std::string>& states = {}) {
    return CheckAnchorsFit(bundle_, anchors_, states, opened_);
  }

  TestLog log_{"log.kaz.example"};
  v1::EvidenceBundle bundle_;
  Anchors anchors_;
  std::vector<v1::SealedMessage> opened_;
};

TEST_F(AnchorCheckTest, WhatTheBundleHasToDoWithMayBeBrought) {
  anchors_.logs.emplace(kKyrgyz, TestLog("log.kgz.example", 'k').key());
  anchors_.offices = {{"UZB", {}}, {"KGZ", {}}};
  opened_.emplace_back();
  v1::MessageHeader header;
  header.set_exchange_id("0123456789abcdef");
  opened_[0].set_header(header.SerializeAsString());
  EXPECT_OK(Check({"KAZ", "KGZ"}));
}

TEST_F(AnchorCheckTest, NothingCannotBeChecked) {
  anchors_.logs.clear();
  EXPECT_THAT(Check(), HasReason("NO_ANCHORS"));
  EXPECT_OK(Check({"KAZ"}));
}

TEST_F(AnchorCheckTest, AMistypedNameIsAMistakeOfWhoeverChecks) {
  const auto expect = [&](const char* option, const char* name, const absl::Status& status) {
    EXPECT_THAT(status, HasReason("INVALID_FIELD"));
    EXPECT_THAT(status.message(), HasSubstr(absl::StrCat(option, ": the bundle has nothing of ", name)));
  };
  expect("--trust", "TJK", Check({"KAZ", "TJK"}));
  anchors_.offices = {{"TJK", {}}};
  expect("--office", "TJK", Check());
  anchors_.offices.clear();
  anchors_.logs.emplace("KAZ/interior-minstry", log_.key());
  expect("--vkey", "KAZ/interior-minstry; it has to do with KAZ/interior-ministry", Check());
}

TEST_F(AnchorCheckTest, AnotherLogsKeyIsAMistakeOfWhoeverChecks) {
  anchors_.logs = {{kKazakh, TestLog("log.kgz.example", 'k').key()}};
  EXPECT_THAT(Check(), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Check().message(), HasSubstr("is of the log log.kgz.example, and the bundle has log.kaz.example"));
  // A log that signs with another key than its agency publishes is not.
  anchors_.logs = {{kKazakh, TestLog("log.kaz.example", 'k').key()}};
  EXPECT_OK(Check());
}

TEST_F(AnchorCheckTest, AnotherKeyThanTheBundleNamesIsToBeAskedAboutFirst) {
  bundle_.mutable_logs(0)->set_vkey(ledger::FormatVkey(log_.key()));
  EXPECT_OK(Check());
  const ledger::NoteKey other = TestLog("log.kaz.example", 'k').key();
  anchors_.logs = {{kKazakh, other}};
  EXPECT_THAT(Check(), HasReason("INVALID_FIELD"));
  EXPECT_THAT(
      Check().message(),
      HasSubstr(absl::StrCat("--vkey: the keys differ: the one given for KAZ/interior-ministry is ",
                             ledger::FormatVkey(other), ", and the bundle names ", ledger::FormatVkey(log_.key()))));
  // What names both is checked: one of the two is contradicted.
  v1::LogEvidence& second = *bundle_.add_logs();
  second = bundle_.logs(0);
  second.set_vkey(ledger::FormatVkey(other));
  EXPECT_OK(Check());
}

TEST_F(AnchorCheckTest, APolicyForNoneOfTheLogsIsAMistake) {
  anchors_.policies.emplace_back();
  EXPECT_OK(Check()) << "it is for all logs";
  anchors_.policies[0].logs = {TestLog("log.kgz.example", 'k').key()};
  EXPECT_THAT(Check().message(), HasSubstr("--policy: is for the log log.kgz.example, and the bundle has nothing of "
                                           "it; it has log.kaz.example"));
  anchors_.policies[0].logs.push_back(log_.key());
  EXPECT_OK(Check());
  anchors_.policies[0].logs = {TestLog("log.kaz.example", 'k').key()};
  EXPECT_THAT(Check().message(), HasSubstr("is for the log log.kaz.example with another key than the one given"));
  anchors_.logs.clear();
  anchors_.offices = {{"UZB", {}}};
  EXPECT_THAT(Check().message(), HasSubstr("of which no key was given; bring its key, too (--vkey)"));
}

TEST_F(AnchorCheckTest, AnOpenedMessageOfAnotherExchangeIsAMistake) {
  opened_.emplace_back();
  EXPECT_THAT(Check().message(), HasSubstr("--opened: is a message of an exchange that the bundle does not hold"));
}

}  // namespace
}  // namespace tamga::evidence
