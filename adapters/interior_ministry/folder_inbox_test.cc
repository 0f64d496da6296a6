#include "adapters/interior_ministry/folder_inbox.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/disk_folder.h"
#include "adapters/interior_ministry/fake_desk.h"
#include "adapters/interior_ministry/folder_numbers.h"
#include "adapters/interior_ministry/killing_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kWithdraw[] = R"({"fileNumber": "MIA-2026-0815", "act": {"step": {
    "kind": "READMISSION_STEP_KIND_WITHDRAW", "withdrawalCode": "WITHDRAWAL_CODE_LEFT"}}})";

std::string SubmitExample() {
  return *ReadFile(absl::StrCat(TAMGA_SOURCE_DIR, "/adapters/interior_ministry/data/submit.json"));
}

class FolderInboxTest : public ::testing::Test {
 protected:
  FolderInboxTest() : root_(::testing::TempDir() + "/inbox.XXXXXX") {
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    folder_ = *DiskFolder::Open(root_);
    Restart(*folder_);
  }
  ~FolderInboxTest() override { std::filesystem::remove_all(root_); }

  // The adapter as a new process has it.
  void Restart(DropFolder& folder, absl::Duration settle = absl::ZeroDuration()) {
    numbers_ = std::make_unique<FolderNumbers>(folder);
    inbox_ = std::make_unique<FolderInbox>(InboxRules{MinistryFormat::kJson, absl::Seconds(1), settle}, folder, desk_,
                                           *numbers_, clock_, rng_);
  }
  void Drop(const std::string& name, absl::string_view content) {
    EXPECT_OK(WriteFile(absl::StrCat(root_, "/inbox/", name), content));
  }
  std::string Content(const std::string& path) {
    const auto content = ReadFile(absl::StrCat(root_, "/", path));
    return content.ok() ? *content : std::string(content.status().message());
  }
  std::vector<std::string> Names(const std::string& folder) {
    std::vector<std::string> names;
    const auto entries = folder_->List(folder, 1000);
    EXPECT_OK(entries);
    for (const FolderEntry& entry : *entries) names.push_back(entry.name);
    return names;
  }

  std::string root_;
  std::unique_ptr<DiskFolder> folder_;
  FakeDesk desk_;
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  SeededRng rng_{1};
  std::unique_ptr<FolderNumbers> numbers_;
  std::unique_ptr<FolderInbox> inbox_;
};

TEST_F(FolderInboxTest, ACommandIsDoneAcknowledgedAndMoved) {
  Drop("1.json", SubmitExample());
  Drop("2.json", kWithdraw);
  EXPECT_EQ(inbox_->Look(), absl::Seconds(1));
  EXPECT_THAT(desk_.effects,
              ElementsAre("submit MIA-2026-0815", "act " + FakeDesk::CaseId(1) + " READMISSION_STEP_KIND_WITHDRAW"));
  EXPECT_THAT(Names("inbox"), IsEmpty());
  EXPECT_THAT(Names("done"), ElementsAre("1.json", "2.json"));
  EXPECT_THAT(Names("outbox"), ElementsAre("1.json.ack.json", "2.json.ack.json"));
  const std::string acknowledgement = Content("outbox/1.json.ack.json");
  EXPECT_THAT(acknowledgement, HasSubstr(FakeDesk::CaseId(1)));
  EXPECT_THAT(acknowledgement, HasSubstr("READMISSION_STATE_SUBMITTED"));
  EXPECT_THAT(acknowledgement, HasSubstr("DELIVERY_STATE_QUEUED"));
  EXPECT_EQ(desk_.contexts[0].purpose(), v1::PURPOSE_READMISSION);
  EXPECT_EQ(desk_.contexts[0].officer(), "4711");
}

TEST_F(FolderInboxTest, AKillAtAnyStepLeadsToTheSameEnd) {
  int step = 0;
  for (bool killed = true; killed; ++step) {
    SCOPED_TRACE(step);
    for (const char* name : {kInboxFolder, kDoneFolder, kFailedFolder, kOutboxFolder, kStateFolder}) {
      std::filesystem::remove_all(root_ + "/" + name);
    }
    folder_ = *DiskFolder::Open(root_);
    desk_ = FakeDesk();
    Drop("1.json", SubmitExample());
    Drop("2.json", "{\"surname\": \"SECRET\"}");
    Drop("3.json", kWithdraw);
    KillingFolder killing(*folder_, step);
    Restart(killing);
    inbox_->Look();
    killed = killing.killed();
    Restart(*folder_);
    inbox_->Look();
    EXPECT_THAT(desk_.effects,
                ElementsAre("submit MIA-2026-0815", "act " + FakeDesk::CaseId(1) + " READMISSION_STEP_KIND_WITHDRAW"));
    EXPECT_THAT(Names("inbox"), IsEmpty());
    EXPECT_THAT(Names("done"), ElementsAre("1.json", "3.json"));
    EXPECT_THAT(Names("outbox"), ElementsAre("1.json.ack.json", "3.json.ack.json"));
    EXPECT_THAT(Names("failed"), ElementsAre("2.json", "2.json.error.json"));
  }
  EXPECT_EQ(step, 15);  // three commands with two changes each, one number to remember, and the way without a kill
}

TEST_F(FolderInboxTest, ABadFileIsSetAsideWithItsReasonAndStopsNoOther) {
  Drop("1.json", "{\"surname\": \"SECRET\"}");
  Drop("2.json", kWithdraw);  // before its case
  Drop("3.txt", "SECRET");
  Drop("4.json", std::string(kMaxCommandBytes + 1, ' '));
  Drop(std::string(kMaxCommandNameBytes, 'n') + ".json", "{}");
  Drop("5.xml", "<command");
  Drop("9.json", SubmitExample());
  inbox_->Look();
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815"));
  EXPECT_THAT(Names("inbox"), IsEmpty());
  EXPECT_THAT(Content("failed/1.json.error.json"), HasSubstr("\"field\":\"surname\""));
  EXPECT_THAT(Content("failed/1.json.error.json"), Not(HasSubstr("SECRET")));
  EXPECT_THAT(Content("failed/2.json.error.json"), HasSubstr("FILE_NUMBER_UNKNOWN"));
  EXPECT_THAT(Content("failed/3.txt.error.json"), HasSubstr("FILE_NAME"));
  EXPECT_THAT(Content("failed/4.json.error.json"), HasSubstr("FILE_TOO_LARGE"));
  EXPECT_THAT(Content("failed/5.xml.error.json"), HasSubstr("\"field\":\"xml\""));
  EXPECT_EQ(Names("failed").size(), 12u);  // the long name's by a name of ours
}

TEST_F(FolderInboxTest, AFileCountsWhenItHasStayedAsItIs) {
  Restart(*folder_, absl::Seconds(2));
  Drop("1.json.tmp", SubmitExample());
  Drop(".1.json", SubmitExample());
  Drop("1.json", SubmitExample().substr(0, 100));
  inbox_->Look();
  clock_.Advance(absl::Seconds(1));
  inbox_->Look();
  Drop("1.json", SubmitExample());
  clock_.Advance(absl::Seconds(1));
  inbox_->Look();  // it grew
  EXPECT_THAT(desk_.effects, IsEmpty());
  clock_.Advance(absl::Seconds(2));
  inbox_->Look();
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815"));
  EXPECT_THAT(Names("inbox"), ElementsAre("1.json.tmp"));
}

TEST_F(FolderInboxTest, WhileTheNodeIsAwayAllWaitsLongerAndLonger) {
  Drop("1.json", SubmitExample());
  Drop("2.json", kWithdraw);
  desk_.before = [](const std::string&) { return absl::UnavailableError("away"); };
  absl::Duration last;
  for (int i = 0; i < 10; ++i) last = inbox_->Look();
  EXPECT_GE(last, kLongestRetryPause / 2);
  EXPECT_LE(last, kLongestRetryPause);
  EXPECT_THAT(Names("inbox"), ElementsAre("1.json", "2.json"));
  desk_.before = [](const std::string&) { return absl::OkStatus(); };
  EXPECT_EQ(inbox_->Look(), absl::Seconds(1));
  EXPECT_THAT(Names("done"), ElementsAre("1.json", "2.json"));
}

TEST_F(FolderInboxTest, WhatFollowsInACaseWaitsForItsEarlierCommandAndOtherCasesGoOn) {
  std::string other = SubmitExample();
  other.replace(other.find("0815"), 4, "0816");
  Drop("1.json", SubmitExample());
  inbox_->Look();
  Drop("2.json", kWithdraw);
  Drop("3.json", kWithdraw);
  Drop("4.json", other);
  int acts = 0;
  desk_.before = [&acts](const std::string& call) {
    return call == "act" && ++acts == 1 ? absl::AbortedError("conflict") : absl::OkStatus();
  };
  EXPECT_GE(inbox_->Look(), absl::Seconds(1));
  EXPECT_THAT(Names("inbox"), ElementsAre("2.json", "3.json"));
  EXPECT_EQ(acts, 1);
  inbox_->Look();
  EXPECT_THAT(Names("done"), ElementsAre("1.json", "2.json", "3.json", "4.json"));
}

TEST_F(FolderInboxTest, TheSameFileAgainIsTheSameCommandAndAnotherUnderItsNameIsRefused) {
  Drop("1.json", SubmitExample());
  inbox_->Look();
  Drop("1.json", SubmitExample());
  inbox_->Look();
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815"));
  Drop("1.json", kWithdraw);
  inbox_->Look();
  EXPECT_THAT(Content("failed/1.json.error.json"), HasSubstr("FILE_NAME_REUSED"));
  EXPECT_EQ(desk_.effects.size(), 1u);
}

TEST_F(FolderInboxTest, AFileNumberOfTwoCasesIsToBeMadePlainByTheCaseId) {
  Drop("1.json", SubmitExample());
  Drop("2.json", SubmitExample());
  Drop("3.json", kWithdraw);
  std::string with_id = kWithdraw;
  with_id.insert(with_id.find("\"step\""), absl::StrCat("\"caseId\": \"", FakeDesk::CaseId(2), "\", "));
  Drop("4.json", with_id);
  inbox_->Look();
  EXPECT_THAT(Content("failed/3.json.error.json"), HasSubstr("FILE_NUMBER_AMBIGUOUS"));
  EXPECT_EQ(desk_.effects.back(), "act " + FakeDesk::CaseId(2) + " READMISSION_STEP_KIND_WITHDRAW");
}

}  // namespace
}  // namespace tamga::adapters
