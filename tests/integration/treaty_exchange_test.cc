// Treaties travel between running nodes: what an office publishes decides everywhere, no exchange is lost by it, and
// who missed it catches up.
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/treaty/act_files.h"
#include "node/treaty/test_treaties.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/treaty_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

// "2026-11-25", so many days from now.
std::string Day(int days) {
  const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + days;
  return absl::FormatCivilTime(day);
}

constexpr int kYesterday = -1;
constexpr int kFarAhead = 20'000;

// Kazakhstan suspends readmission towards Kyrgyzstan from that day on.
std::string Suspension(int effective_in_days) {
  return absl::StrCat("state: \"KAZ\"\neffective_on: \"", Day(effective_in_days),
                      "\"\ncitation: \"Order 1\"\nsuspend { treaty_id: \"READMISSION-KAZ-KGZ\" }\n");
}

class TreatyExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz, kUzbek}, Charter::kInForce);
    ASSERT_NE(federation_, nullptr);
    for (const std::string agency : {kInterior, kKyrgyz, kUzbek}) {
      v1::NodeConfig config = federation_->config(agency);
      config.mutable_limits()->set_partner_timeout_ms(20'000);  // building treaties takes a debug build seconds
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
  }

  void Start(const std::string& agency, const std::vector<std::string>& environment = {}) {
    ASSERT_OK(federation_->node(agency).Start(environment));
    ASSERT_OK(federation_->WaitUntilServing(agency));
  }

  std::string TreatiesOf(const std::string& agency) { return federation_->folder(agency) + "/treaties"; }

  // The act that follows those in the node's folder.
  v1::SignedAct NextAct(const std::string& agency, const std::string& instrument) {
    absl::StatusOr<treaty::TreatySources> sources = treaty::ReadTreatyFolder(TreatiesOf(agency));
    EXPECT_OK(sources);
    return treaty::SignNextAct("KAZ", sources->acts["KAZ"], instrument);
  }

  grpc::Status Publish(const std::string& agency, const v1::SignedAct& act, v1::PublishTreatiesResponse* response) {
    v1::PublishTreatiesRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_TREATY_ADMINISTRATION);
    *request.mutable_bundle()->add_acts() = act;
    const auto office = v1::TreatyService::NewStub(federation_->Connect(TreatyOfficerOf(agency), agency));
    return office->PublishTreaties(Patience().get(), request, response);
  }

  // How an application for readmission from the one to the other ends.
  grpc::Status Apply(v1::ReadmissionService::Stub& desk, const std::string& to) {
    v1::SubmitReadmissionResponse response;
    return desk.SubmitReadmission(Patience().get(), SampleSubmission(to), &response);
  }
  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  std::vector<v1::LogEntry> Changes(const std::string& agency, const std::string& state) {
    std::vector<v1::LogEntry> changes;
    for (const v1::IndexedEntry& indexed : EntriesOf(*federation_, agency, state)) {
      if (indexed.entry().kind() == v1::ENTRY_KIND_TREATIES_CHANGED) changes.push_back(indexed.entry());
    }
    return changes;
  }

  // Once there are as many; the test's time limit ends it if they do not come.
  std::vector<v1::LogEntry> AwaitChanges(const std::string& agency, const std::string& state, size_t count) {
    while (true) {
      std::vector<v1::LogEntry> changes = Changes(agency, state);
      if (changes.size() >= count) return changes;
    }
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(TreatyExchangeTest, NoExchangeIsLostWhileActsArePublishedAndASuspensionDecidesAtOnce) {
  for (const std::string agency : {kInterior, kKyrgyz, kUzbek}) Start(agency);
  std::atomic<bool> done = false;
  std::atomic<int> served = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> callers;
  const auto keep_asking = [&](const std::string& from, const std::string& to) {
    const auto desk = Desk(from);
    while (!done) {
      const grpc::Status status = Apply(*desk, to);
      if (!status.ok()) {
        ADD_FAILURE() << from << ": " << status.error_message();
        ++failed;
      }
      ++served;
    }
  };
  callers.emplace_back(keep_asking, kInterior, kKyrgyz);
  callers.emplace_back(keep_asking, kKyrgyz, kInterior);

  v1::PublishTreatiesResponse published;
  const grpc::Status status = Publish(kInterior, NextAct(kInterior, Suspension(kFarAhead)), &published);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(published.taken_over(), 1u);
  for (const v1::TreatyDelivery& delivery : published.deliveries()) {
    EXPECT_EQ(delivery.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED) << delivery.DebugString();
  }
  const int before = served;
  while (served < before + 10) std::this_thread::yield();
  done = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  const std::vector<v1::LogEntry> here = Changes(kInterior, "KAZ");
  const std::vector<v1::LogEntry> there = Changes(kKyrgyz, "KGZ");
  ASSERT_EQ(here.size(), 1u);
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(here[0].policy_sha256(), there[0].policy_sha256());
  EXPECT_EQ(there[0].partner(), kInterior);

  ASSERT_TRUE(Publish(kInterior, NextAct(kInterior, Suspension(kYesterday)), &published).ok());
  EXPECT_EQ(Apply(*Desk(kInterior), kKyrgyz).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Apply(*Desk(kKyrgyz), kInterior).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Changes(kUzbek, "UZB").size(), 2u);
  for (const auto& [agency, state] : {std::pair(kInterior, "KAZ"), std::pair(kKyrgyz, "KGZ")}) {
    EXPECT_TRUE(Verify(*federation_, agency, state).intact());
  }
}

TEST_F(TreatyExchangeTest, APartnerThatWasDownGetsTheActFromTheOutbox) {
  Start(kInterior);
  v1::PublishTreatiesResponse published;
  const grpc::Status status = Publish(kInterior, NextAct(kInterior, Suspension(kYesterday)), &published);
  ASSERT_TRUE(status.ok()) << status.error_message();
  for (const v1::TreatyDelivery& delivery : published.deliveries()) {
    EXPECT_EQ(delivery.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED) << delivery.DebugString();
  }
  federation_->node(kInterior).Kill();
  Start(kInterior);
  Start(kKyrgyz);
  const std::vector<v1::LogEntry> there = AwaitChanges(kKyrgyz, "KGZ", 1);
  EXPECT_EQ(there[0].policy_sha256(), Changes(kInterior, "KAZ")[0].policy_sha256());
  EXPECT_EQ(Apply(*Desk(kKyrgyz), kInterior).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(TreatyExchangeTest, WhatIsForgedIsRefusedAndTheLastGoodTreatiesDecideOn) {
  Start(kInterior);
  Start(kKyrgyz);
  v1::SignedAct forged = NextAct(kInterior, Suspension(kYesterday));
  forged.set_instrument(Suspension(kYesterday - 1));
  v1::PublishTreatiesResponse published;
  const grpc::Status status = Publish(kInterior, forged, &published);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(absl::StrContains(federation_->node(kInterior).LogText(), "ACT_SIGNATURE_INVALID"));
  EXPECT_TRUE(Apply(*Desk(kInterior), kKyrgyz).ok());
  EXPECT_TRUE(Changes(kInterior, "KAZ").empty());
}

TEST_F(TreatyExchangeTest, ANodeKilledWhileItTakesActsOverEndsUpWithThemOnce) {
  for (const char* point : {"treaties.written", "treaties.logged"}) {
    SetUp();
    Start(kInterior);
    Start(kKyrgyz, {absl::StrCat("TAMGA_FAILPOINT=", point, "=kill")});
    v1::PublishTreatiesResponse published;
    const grpc::Status status = Publish(kInterior, NextAct(kInterior, Suspension(kYesterday)), &published);
    ASSERT_TRUE(status.ok()) << status.error_message();
    federation_->node(kKyrgyz).Wait();
    Start(kKyrgyz);
    const std::vector<v1::LogEntry> there = AwaitChanges(kKyrgyz, "KGZ", 1);
    EXPECT_EQ(there[0].policy_sha256(), Changes(kInterior, "KAZ")[0].policy_sha256()) << point;
    // The repeated message is answered, and changes nothing more.
    bool is_answered = false;
    while (!is_answered) {
      for (const v1::IndexedEntry& indexed : EntriesOf(*federation_, kKyrgyz, "KGZ")) {
        is_answered = is_answered || (indexed.entry().kind() == v1::ENTRY_KIND_ANSWERED &&
                                      indexed.entry().operation() == v1::OPERATION_TREATY_PUBLISH);
      }
    }
    EXPECT_EQ(Changes(kKyrgyz, "KGZ").size(), 1u) << point;
  }
}

TEST_F(TreatyExchangeTest, AnOldFolderStopsTheNodeAndAnOldMachineCatchesUp) {
  Start(kInterior);
  Start(kKyrgyz);
  ASSERT_EQ(federation_->node(kKyrgyz).Terminate(), 0);
  const std::string node = federation_->folder(kKyrgyz);
  const auto deep = std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing;
  std::filesystem::create_directory(node + "/backup");
  for (const char* part : {"/treaties", "/data"}) std::filesystem::copy(node + part, node + "/backup" + part, deep);
  Start(kKyrgyz);
  const v1::SignedAct act = NextAct(kInterior, Suspension(kYesterday));
  v1::PublishTreatiesResponse published;
  ASSERT_TRUE(Publish(kInterior, act, &published).ok());
  ASSERT_EQ(AwaitChanges(kKyrgyz, "KGZ", 1).size(), 1u);
  ASSERT_EQ(federation_->node(kKyrgyz).Terminate(), 0);

  std::filesystem::remove_all(node + "/treaties");
  std::filesystem::copy(node + "/backup/treaties", node + "/treaties", deep);
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  EXPECT_NE(federation_->node(kKyrgyz).Wait(), 0);
  EXPECT_TRUE(absl::StrContains(federation_->node(kKyrgyz).LogText(), "TREATY_ROLLED_BACK"))
      << federation_->node(kKyrgyz).LogText();

  std::filesystem::remove_all(node + "/data");
  std::filesystem::copy(node + "/backup/data", node + "/data", deep);
  Start(kKyrgyz);
  // It does not know of the suspension yet; its partner does, and refuses, until it has fetched it.
  EXPECT_EQ(Apply(*Desk(kKyrgyz), kInterior).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  const std::vector<v1::LogEntry> there = AwaitChanges(kKyrgyz, "KGZ", 1);
  EXPECT_EQ(there[0].policy_sha256(), Changes(kInterior, "KAZ")[0].policy_sha256());
}

}  // namespace
}  // namespace tamga::testing
