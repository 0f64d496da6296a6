// An interior ministry's case system with nothing but a folder: its adapter at one of two real nodes.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "node/base/descriptor.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "tamga/v1/ministry.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

class MinistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
    const std::string folder = federation_->folder(kInterior);
    SystemRng rng;
    const auto files = federation_->authority("KAZ").Issue(SystemOf(kInterior), absl::Hours(1), absl::Now(), rng);
    ASSERT_OK(files);
    ASSERT_OK(WriteFile(folder + "/roots.pem", federation_->authority("KAZ").RootPem()));
    ASSERT_OK(WriteFile(folder + "/cases.pem", files->chain_pem));
    ASSERT_OK(WriteFile(folder + "/cases.key", files->key_pem, 0600));
    ASSERT_OK(WriteFile(folder + "/cases.profile",
                        absl::StrCat("node_address: \"", federation_->address(kInterior), "\" node_agency: \"",
                                     kInterior, "\" certificate_file: \"cases.pem\" key_file: \"cases.key\" ",
                                     "trust { state: \"KAZ\" roots_file: \"roots.pem\" }")));
    ASSERT_OK(WriteFile(folder + "/ministry.txtpb",
                        "profile_file: \"cases.profile\" folder { path: \"cases\" poll_ms: 100 settle_ms: 1 }"));
    cases_ = folder + "/cases";
    ministry_ =
        std::make_unique<NodeProcess>(TAMGA_MINISTRY_BINARY, folder + "/ministry.txtpb", folder + "/ministry.log", -1);
    for (const char* name : {"inbox", "outbox", "done", "failed"}) {
      std::filesystem::create_directories(absl::StrCat(cases_, "/", name));
    }
    ASSERT_OK(ministry_->Start());
  }

  // As a case system drops it: written beside, and renamed.
  void Drop(const std::string& name, absl::string_view content) {
    const std::string path = absl::StrCat(cases_, "/inbox/", name);
    ASSERT_OK(WriteFile(path + ".tmp", content));
    ASSERT_OK(RenameFile(path + ".tmp", path));
  }
  void Drop(const std::string& name, const v1::MinistryCommand& command) {
    std::string json;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(command, &json).ok());
    Drop(name, json);
  }

  // Waits for a file in the folder whose name begins so and whose content has `text`; its content.
  std::string Await(const std::string& folder, const std::string& begin, const std::string& text) {
    const Descriptor watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const std::string path = absl::StrCat(cases_, "/", folder);
    EXPECT_GE(::inotify_add_watch(watch.get(), path.c_str(), IN_MOVED_TO), 0);
    const absl::Time patience = absl::Now() + absl::Seconds(120);
    while (absl::Now() < patience) {
      for (const auto& entry : std::filesystem::directory_iterator(path)) {
        const std::string name = entry.path().filename().string();
        if (!absl::StartsWith(name, begin) || absl::EndsWith(name, ".new")) continue;
        const auto content = ReadFile(entry.path().string());
        if (content.ok() && absl::StrContains(*content, text)) return *content;
      }
      pollfd waits = {watch.get(), POLLIN, 0};
      ::poll(&waits, 1, 1'000);
      char events[4096];
      while (::read(watch.get(), events, sizeof events) > 0) {
      }
    }
    ADD_FAILURE() << folder << "/" << begin << " with " << text
                  << " never came; the program's log: " << ministry_->LogText()
                  << "\nthe node's: " << federation_->node(kInterior).LogText();
    return "";
  }

  static v1::MinistryCommand Submission() {
    const v1::SubmitReadmissionRequest sample = SampleSubmission(kKyrgyz);
    v1::MinistryCommand command;
    command.set_file_number("MIA-2026-0815");
    command.set_officer("4711");
    command.mutable_submit()->set_requested_agency(sample.requested_agency());
    *command.mutable_submit()->mutable_application() = sample.application();
    *command.mutable_submit()->mutable_safeguards() = sample.safeguards();
    return command;
  }
  static v1::MinistryCommand Hold() {
    v1::MinistryCommand command;
    command.set_file_number("MIA-2026-0815");
    command.mutable_act()->mutable_step()->set_kind(v1::READMISSION_STEP_KIND_HOLD);
    command.mutable_act()->mutable_step()->set_hold_code(v1::HOLD_CODE_COURT);
    return command;
  }

  v1::ListReadmissionCasesResponse CasesAt(const std::string& agency) {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
    v1::ListReadmissionCasesResponse list;
    const grpc::Status status = desk->ListReadmissionCases(Patience().get(), {}, &list);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return list;
  }

  std::unique_ptr<Federation> federation_;
  std::unique_ptr<NodeProcess> ministry_;
  std::string cases_;
};

TEST_F(MinistryTest, ACaseGoesFromFileToFileAndTheAnswerComesBack) {
  Drop("bad.json", "{\"surname\": \"SECRET\"}");
  Drop("submit.json", Submission());
  const std::string acknowledged = Await("outbox", "submit.json.ack.json", "\"caseId\"");
  v1::MinistryAcknowledgement acknowledgement;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(acknowledged, &acknowledgement).ok()) << acknowledged;
  EXPECT_THAT(Await("failed", "bad.json.error.json", "INVALID_FIELD"), HasSubstr("\"field\":\"surname\""));
  Await("outbox", "change-", "\"READMISSION_STATE_RECEIVED\"");

  const auto partner = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kKyrgyz), kKyrgyz));
  for (const v1::ReadmissionStepKind kind : {v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STEP_KIND_ACCEPT}) {
    v1::ActOnReadmissionCaseRequest act;
    *act.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    act.mutable_step()->set_case_id(acknowledgement.case_id());
    act.mutable_step()->set_kind(kind);
    v1::ActOnReadmissionCaseResponse acted;
    const grpc::Status status = partner->ActOnReadmissionCase(Patience().get(), act, &acted);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  Await("outbox", "change-", "\"state\":\"READMISSION_STATE_ACCEPTED\"");
  EXPECT_THAT(ministry_->LogText(), ::testing::Not(HasSubstr("SECRET")));
  EXPECT_EQ(ministry_->Terminate(), 0);
}

TEST_F(MinistryTest, WhatIsDroppedWhileNodeAndAdapterAreDownIsDoneOnceAndInOrder) {
  federation_->node(kInterior).Kill();
  Drop("1.json", Submission());
  Drop("2.json", Hold());
  ministry_->Kill();
  ASSERT_OK(ministry_->Start());
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  Await("done", "1.json", "submit");
  ministry_->Kill();  // whatever it is doing
  ASSERT_OK(ministry_->Start());
  Await("outbox", "2.json.ack.json", "\"READMISSION_STATE_ON_HOLD\"");
  Await("outbox", "1.json.ack.json", "\"caseId\"");
  EXPECT_EQ(CasesAt(kInterior).cases_size(), 1);
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
}

}  // namespace
}  // namespace tamga::testing
