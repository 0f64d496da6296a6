// A node is killed at every step of an exchange, on either side, and started again: what was acknowledged is there,
// once, on both sides, and the logs verify.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/federation/case_steps.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

struct Crash {
  std::string name;
  std::string victim;
  std::string failpoint;
};

class CrashTest : public ::testing::TestWithParam<Crash> {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    for (const std::string agency : {kInterior, kKyrgyz}) {
      v1::NodeConfig config = federation_->config(agency);
      config.mutable_limits()->set_partner_timeout_ms(2000);
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
  }

  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  // The only case that a node holds, once it is RECEIVED; the outbox may still be at work.
  v1::ReadmissionCase OnlyCase(const std::string& agency) {
    const auto desk = Desk(agency);
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    while (absl::Now() < patience) {
      v1::ListReadmissionCasesResponse list;
      if (!desk->ListReadmissionCases(Patience().get(), {}, &list).ok() || list.cases_size() == 0) continue;
      EXPECT_EQ(list.cases_size(), 1) << agency;
      if (list.cases(0).state() != v1::READMISSION_STATE_RECEIVED) continue;
      v1::GetReadmissionCaseRequest get;
      get.set_case_id(list.cases(0).case_id());
      *get.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
      v1::GetReadmissionCaseResponse got;
      EXPECT_TRUE(desk->GetReadmissionCase(Patience().get(), get, &got).ok());
      return got.case_();
    }
    ADD_FAILURE() << agency << " has no received case; its log: " << federation_->node(agency).LogText();
    return {};
  }

  std::unique_ptr<Federation> federation_;
};

// Every "sent" has exactly one end, and no request was answered with two different results.
void ExpectEveryRequestEnded(const std::vector<v1::IndexedEntry>& entries) {
  std::map<std::string, int> ends;
  for (const v1::IndexedEntry& indexed : entries) {
    const v1::LogEntry& entry = indexed.entry();
    if (entry.kind() == v1::ENTRY_KIND_SENT) ends.try_emplace(entry.exchange_id(), 0);
    const bool is_end = entry.kind() == v1::ENTRY_KIND_DELIVERED || entry.kind() == v1::ENTRY_KIND_UNDELIVERED;
    if (is_end) ++ends[entry.exchange_id()];
  }
  for (const auto& [exchange_id, count] : ends) EXPECT_EQ(count, 1);
}

TEST_P(CrashTest, WhatWasAcknowledgedIsThereOnceOnBothSides) {
  for (const std::string agency : {kInterior, kKyrgyz}) {
    std::vector<std::string> environment;
    if (agency == GetParam().victim) environment.push_back("TAMGA_FAILPOINT=" + GetParam().failpoint);
    ASSERT_OK(federation_->node(agency).Start(environment));
  }
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_context()->set_idempotency_key("crash-1");
  v1::SubmitReadmissionResponse first;
  const grpc::Status first_status = Desk(kInterior)->SubmitReadmission(Patience().get(), request, &first);
  federation_->node(GetParam().victim).Wait();  // it is dead, or this hangs and the test's time limit ends it
  ASSERT_OK(federation_->node(GetParam().victim).Start());
  ASSERT_OK(federation_->WaitUntilServing(GetParam().victim));

  // The caller does what the guide tells it: it repeats the call with the same key until it is acknowledged.
  v1::SubmitReadmissionResponse second;
  grpc::Status second_status;
  const absl::Time patience = absl::Now() + absl::Seconds(60);
  do {
    second_status = Desk(kInterior)->SubmitReadmission(Patience().get(), request, &second);
  } while (!second_status.ok() && absl::Now() < patience);
  ASSERT_TRUE(second_status.ok()) << second_status.error_message();
  if (first_status.ok()) {
    EXPECT_EQ(second.case_().case_id(), first.case_().case_id());
  }

  const v1::ReadmissionCase here = OnlyCase(kInterior);
  const v1::ReadmissionCase there = OnlyCase(kKyrgyz);
  EXPECT_EQ(here.case_id(), second.case_().case_id());
  EXPECT_EQ(here.case_id(), there.case_id());
  EXPECT_THAT(DifferencesBetween(here, there), ::testing::IsEmpty());
  ExpectEveryRequestEnded(EntriesOf(*federation_, kInterior, "KAZ"));
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

std::vector<Crash> Crashes() {
  std::vector<Crash> crashes;
  for (const char* point : {"sealed", "sent", "replied", "delivered"}) {
    crashes.push_back({absl::StrCat("Asking", point), kInterior, absl::StrCat("asking.", point, "=kill")});
  }
  for (const char* point : {"opened", "received", "acted", "answered"}) {
    crashes.push_back({absl::StrCat("Answering", point), kKyrgyz, absl::StrCat("answering.", point, "=kill")});
  }
  for (const char* point : {"before_commit", "after_commit"}) {
    for (int passage = 3; passage <= 4; ++passage) {
      for (const std::string victim : {kInterior, kKyrgyz}) {
        crashes.push_back({absl::StrCat("Ledger", point, passage, victim == kInterior ? "Asking" : "Answering"), victim,
                           absl::StrCat("ledger.", point, "=kill@", passage)});
      }
    }
  }
  return crashes;
}

INSTANTIATE_TEST_SUITE_P(AtEveryStep, CrashTest, ::testing::ValuesIn(Crashes()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace tamga::testing
