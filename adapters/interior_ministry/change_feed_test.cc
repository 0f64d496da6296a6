#include "adapters/interior_ministry/change_feed.h"

#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/interior_ministry/disk_folder.h"
#include "adapters/interior_ministry/fake_desk.h"
#include "adapters/interior_ministry/folder_outbox.h"
#include "adapters/interior_ministry/killing_folder.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

class ChangeFeedTest : public ::testing::Test {
 protected:
  ChangeFeedTest() : root_(::testing::TempDir() + "/feed.XXXXXX") {
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    folder_ = *DiskFolder::Open(root_);
  }
  ~ChangeFeedTest() override { std::filesystem::remove_all(root_); }

  absl::Status Run(DropFolder& folder, MinistryFormat format = MinistryFormat::kJson) {
    FolderOutbox outbox(format, folder);
    ChangeFeed feed(desk_, outbox);
    return feed.Run();
  }
  absl::Status Run() { return Run(*folder_); }

  // By file name.
  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> files;
    const auto entries = folder_->List(kOutboxFolder, 1000);
    EXPECT_OK(entries);
    for (const FolderEntry& entry : *entries) {
      files[entry.name] = *ReadFile(absl::StrCat(root_, "/outbox/", entry.name));
    }
    return files;
  }
  v1::MinistryChange Change(int number) {
    v1::MinistryChange change;
    const std::string json = Files()[absl::StrFormat("change-%012d.json", number)];
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &change).ok()) << number << ": " << json;
    EXPECT_EQ(change.number(), static_cast<uint64_t>(number));
    return change;
  }

  std::string root_;
  std::unique_ptr<DiskFolder> folder_;
  FakeDesk desk_;
};

TEST_F(ChangeFeedTest, AtTheFirstStartAllCasesAreToldAndThenEachChange) {
  desk_.Change("a", v1::READMISSION_STATE_SUBMITTED);
  desk_.Change("b", v1::READMISSION_STATE_RECEIVED);
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Files().size(), 2u);
  EXPECT_EQ(Change(1).case_().case_id(), "a");
  EXPECT_TRUE(Change(2).relisted());
  EXPECT_EQ(Change(2).case_().application().sex(), "X");  // the whole case

  desk_.Change("a", v1::READMISSION_STATE_ACCEPTED);
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Files().size(), 3u);
  EXPECT_EQ(Change(3).case_().state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_FALSE(Change(3).relisted());
  EXPECT_FALSE(Run().ok());
  EXPECT_EQ(Files().size(), 3u);  // nothing new
}

TEST_F(ChangeFeedTest, AForgottenCursorLeadsToANoticeOfTheGapAndToAllCases) {
  desk_.Change("a", v1::READMISSION_STATE_SUBMITTED);
  EXPECT_FALSE(Run().ok());
  desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
  desk_.Change("b", v1::READMISSION_STATE_RECEIVED);
  desk_.oldest_cursor = 2;
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Files().size(), 4u);
  EXPECT_TRUE(Change(2).gap());
  EXPECT_FALSE(Change(2).has_case_());
  EXPECT_EQ(Change(3).case_().case_id(), "a");
  EXPECT_TRUE(Change(4).relisted());
}

TEST_F(ChangeFeedTest, AKillAtAnyStepNeverGivesANumberTwoContents) {
  int step = 0;
  for (bool killed = true; killed; ++step) {
    SCOPED_TRACE(step);
    for (const char* name : {kOutboxFolder, kStateFolder}) std::filesystem::remove_all(root_ + "/" + name);
    folder_ = *DiskFolder::Open(root_);
    desk_ = FakeDesk();
    EXPECT_FALSE(Run().ok());
    desk_.Change("a", v1::READMISSION_STATE_SUBMITTED);
    desk_.Change("b", v1::READMISSION_STATE_SUBMITTED);
    KillingFolder killing(*folder_, step);
    EXPECT_FALSE(Run(killing).ok());
    killed = killing.killed();
    const std::map<std::string, std::string> before = Files();
    // Whoever takes the files away sees them again as they were, or not at all; and the cases have moved on meanwhile.
    std::filesystem::remove_all(root_ + "/outbox");
    folder_ = *DiskFolder::Open(root_);
    desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
    desk_.Change("b", v1::READMISSION_STATE_RECEIVED);
    EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable));
    std::map<std::string, std::string> all = Files();
    for (const auto& [name, content] : before) {
      if (all.count(name) != 0) {
        EXPECT_EQ(all[name], content);
      }
      all[name] = content;
    }
    EXPECT_EQ(all.size(), 4u);
    EXPECT_THAT(all.rbegin()->second, ::testing::HasSubstr("READMISSION_STATE_RECEIVED"));
  }
  EXPECT_GT(step, 12);
}

TEST_F(ChangeFeedTest, AKillWhileAllAreListedLeadsToAllBeingListedAgain) {
  int step = 0;
  for (bool killed = true; killed; ++step) {
    SCOPED_TRACE(step);
    for (const char* name : {kOutboxFolder, kStateFolder}) std::filesystem::remove_all(root_ + "/" + name);
    folder_ = *DiskFolder::Open(root_);
    desk_ = FakeDesk();
    desk_.Change("a", v1::READMISSION_STATE_SUBMITTED);
    desk_.Change("b", v1::READMISSION_STATE_SUBMITTED);
    KillingFolder killing(*folder_, step);
    EXPECT_FALSE(Run(killing).ok());
    killed = killing.killed();
    EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable));
    const std::map<std::string, std::string> files = Files();
    EXPECT_THAT(files.rbegin()->second, ::testing::HasSubstr("\"caseId\":\"b\""));
    EXPECT_GE(files.size(), 2u);
    EXPECT_LE(files.size(), 4u);
  }
}

TEST_F(ChangeFeedTest, ACaseThatMayNotBeShownIsToldAsInAList) {
  desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
  desk_.before = [](const std::string& call) {
    return call == "get" ? Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "no") : absl::OkStatus();
  };
  EXPECT_FALSE(Run().ok());
  EXPECT_EQ(Change(1).withheld_reason(), "USE_NOT_PERMITTED");
  EXPECT_EQ(Change(1).case_().state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_FALSE(Change(1).case_().has_application());
}

TEST_F(ChangeFeedTest, ACaseThatCannotBeGotNowIsToldLater) {
  EXPECT_FALSE(Run().ok());
  desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
  desk_.before = [](const std::string& call) {
    return call == "get" ? absl::UnavailableError("away") : absl::OkStatus();
  };
  EXPECT_FALSE(Run().ok());
  EXPECT_TRUE(Files().empty());
  desk_.before = [](const std::string&) { return absl::OkStatus(); };
  EXPECT_FALSE(Run().ok());
  EXPECT_EQ(Change(1).case_().case_id(), "a");
}

TEST_F(ChangeFeedTest, ChangesAreWrittenAsXmlToo) {
  desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
  EXPECT_FALSE(Run(*folder_, MinistryFormat::kXml).ok());
  EXPECT_THAT(Files()["change-000000000001.xml"], ::testing::HasSubstr("<state>READMISSION_STATE_RECEIVED</state>"));
}

TEST_F(ChangeFeedTest, ADamagedPlaceIsToldAndNothingIsHandedOver) {
  ASSERT_OK(WriteFile(root_ + "/state/place.pb", "\xff\xff"));
  desk_.Change("a", v1::READMISSION_STATE_RECEIVED);
  EXPECT_THAT(Run(), HasReason("STATE_DAMAGED"));
  EXPECT_TRUE(Files().empty());
}

}  // namespace
}  // namespace tamga::adapters
