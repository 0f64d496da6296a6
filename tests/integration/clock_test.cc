// The clock of a node's machine jumps while the node runs: libfaketime tells it another time, and leaves the uptime.
#include "absl/time/clock.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "node/main/clock_keeper.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/sealed_request.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;

class ClockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    SetClock("+0");
    ASSERT_OK(federation_->node(kInterior).Start(Environment()));
    ASSERT_OK(federation_->WaitUntilServing(kInterior));
    ASSERT_OK_AND_ASSIGN(kyrgyz_, HandMadeNode::Create(*federation_, kKyrgyz, kInterior));
  }

  std::vector<std::string> Environment() const {
    return {absl::StrCat("LD_PRELOAD=", TAMGA_FAKETIME_LIBRARY), absl::StrCat("FAKETIME_TIMESTAMP_FILE=", ClockFile()),
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_NO_CACHE=1", "NO_FAKE_STAT=1"};
  }
  std::string ClockFile() const { return federation_->folder(kInterior) + "/faketime"; }
  // How far the node's clock is off: "+400d".
  void SetClock(const std::string& offset) { ASSERT_OK(WriteFile(ClockFile(), offset + "\n")); }

  // Waits until the node has written the line for the `count`th time.
  void Await(const std::string& event, size_t count = 1) {
    const std::string line = absl::StrCat("\"event\":\"", event, "\"");
    const absl::Time patience = absl::Now() + absl::Minutes(3);
    while (absl::Now() < patience) {
      const std::vector<std::string> parts = absl::StrSplit(federation_->node(kInterior).LogText(), line);
      if (parts.size() > count) return;
      absl::SleepFor(absl::Milliseconds(20));
    }
    FAIL() << "no line \"" << event << "\": " << federation_->node(kInterior).LogText();
  }

  // An application that is good for as long as a clock may be off here.
  v1::SealedMessage LastingApplication() {
    Draft draft = kyrgyz_->NewApplication();
    *draft.header.mutable_expires_at() = ToProto(kyrgyz_->Now() + absl::Hours(24));
    return kyrgyz_->Seal(draft);
  }
  void ExpectRefusedByTheClock(const absl::Status& status) {
    EXPECT_THAT(status, StatusIs(StatusCode::kUnavailable));
    EXPECT_EQ(ReasonOf(status), "CLOCK_JUMPED");
  }

  std::unique_ptr<Federation> federation_;
  std::unique_ptr<HandMadeNode> kyrgyz_;
};

TEST_F(ClockTest, ThroughAJumpOfYearsAndBackNothingIsErasedNorForgottenAndServiceResumes) {
  const v1::SealedMessage request = LastingApplication();
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage first, kyrgyz_->HandOver(request));
  const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
  v1::ListReadmissionCasesResponse cases;
  ASSERT_TRUE(desk->ListReadmissionCases(Patience().get(), {}, &cases).ok());
  ASSERT_EQ(cases.cases_size(), 1);

  // Certificates have ended by this clock, and OpenSSL asks it: only connections that stand can still be used.
  SetClock("+400d");
  Await("clock jumped");
  ExpectRefusedByTheClock(kyrgyz_->HandOver(LastingApplication()).status());
  ExpectRefusedByTheClock(kyrgyz_->HandOver(request).status());
  v1::SubmitReadmissionResponse submitted;
  ExpectRefusedByTheClock(
      exchange::FromGrpc(desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &submitted)));
  Await("housekeeping waits");

  SetClock("+0");
  Await("clock in step again");
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage again, kyrgyz_->HandOver(request));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_OK(kyrgyz_->Ask(LastingApplication()));
  ASSERT_TRUE(desk->ListReadmissionCases(Patience().get(), {}, &cases).ok());
  EXPECT_EQ(cases.cases_size(), 2);
  for (const v1::IndexedEntry& entry : EntriesOf(*federation_, kInterior, "KAZ")) {
    EXPECT_NE(entry.entry().kind(), v1::ENTRY_KIND_ERASED);
    EXPECT_LT(FromProto(entry.entry().logged_at()), absl::Now() + absl::Hours(1));
  }
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
}

TEST_F(ClockTest, AClockThatFallsBackYearsIsNotBelievedEither) {
  SetClock("-400d");
  Await("clock jumped");
  ExpectRefusedByTheClock(kyrgyz_->HandOver(LastingApplication()).status());
  SetClock("+0");
  Await("clock in step again");
  EXPECT_OK(kyrgyz_->Ask(LastingApplication()));
}

TEST_F(ClockTest, ARestartIsNoWayOutAndTheOperatorsWordIs) {
  const auto restart = [&] {
    // Not asked to end: gRPC's timers stand still under libfaketime, and with them calls to partners who do not answer.
    federation_->node(kInterior).Kill();
    ASSERT_OK(federation_->node(kInterior).Start(Environment()));
    ASSERT_OK(federation_->WaitUntilServing(kInterior));
  };
  SetClock("+2h");
  Await("clock jumped");
  restart();
  Await("clock jumped", 2);
  ExpectRefusedByTheClock(kyrgyz_->HandOver(LastingApplication()).status());

  ASSERT_OK(node::AcceptClock(federation_->folder(kInterior) + "/data", absl::Now() + absl::Hours(2)));
  Await("clock accepted");
  EXPECT_OK(kyrgyz_->HandOver(LastingApplication()));
  restart();
  EXPECT_OK(kyrgyz_->HandOver(LastingApplication()));
}

}  // namespace
}  // namespace tamga::testing
