// For tests: two desks in one process, joined by doors without network, under a made-up treaty.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/test_treaty.h"
#include "node/treaty/test_treaties.h"

namespace tamga::readmission {

inline constexpr char kKaz[] = "KAZ/interior-ministry";
inline constexpr char kKgz[] = "KGZ/interior-ministry";

// Says that of every person what the test wants.
class FakeGate final : public safeguard::SafeguardGate {
 public:
  absl::StatusOr<v1::ReadmissionSafeguards> Standing(const v1::ReadmissionApplication& /*application*/,
                                                     const std::string& /*case_id*/) const override {
    return standing;
  }
  v1::ReadmissionSafeguards standing;
};

struct DeskNode {
  DeskNode(const std::string& agency, const treaty::CurrentTreaties& treaties, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        laws(treaties),
        cases(agency, store.records(), laws, clock),
        desk({agency, store.records(), store.writer(), cases, laws, door, uses, gate, clock, rng}),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
    door.decision.treaty_sha256 = Sha256(TestTreatyText());
    door.Serve(desk);
  }

  v1::ReadmissionCase Case(const std::string& case_id) {
    v1::GetReadmissionCaseRequest request;
    request.set_case_id(case_id);
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    const auto response = desk.Get(call, request);
    EXPECT_OK(response);
    return response.ok() ? response->case_() : v1::ReadmissionCase();
  }

  v1::ReadmissionFile File(const std::string& case_id) { return cases.Load(case_id).value().file; }

  // Newest first.
  std::vector<std::string> CaseIds() {
    std::vector<std::string> ids;
    const store::RecordList list = store.records().List(kCaseKind, 100, "").value();
    for (const store::Record& record : list.records) {
      ids.push_back(record.id);
    }
    return ids;
  }

  // What is to be erased of the case.
  std::vector<store::RecordRow> RowsOf(const std::string& case_id) {
    const store::Record record = store.records().Get(kCaseKind, case_id).value();
    return {{record.kind, record.id, record.version, "", record.updated_at, record.origin}};
  }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  FakeGate gate;
  LawBook laws;
  CaseStore cases;
  ReadmissionDesk desk;
  exchange::Call call;
};

class TwoDesksTest : public ::testing::Test {
 protected:
  TwoDesksTest() {
    kaz_.door.Connect(kgz_.door);
    kgz_.door.Connect(kaz_.door);
  }

  static v1::SubmitReadmissionRequest GoodRequest() {
    v1::SubmitReadmissionRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("KZ-R-17");
    request.set_requested_agency(kKgz);
    v1::ReadmissionApplication& application = *request.mutable_application();
    application.set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
    application.add_names()->set_surname("SPECIMEN");
    application.mutable_born_on()->set_year(1990);
    application.set_sex("M");
    application.add_nationalities("KGZ");
    v1::Evidence& evidence = *application.add_evidence();
    evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
    evidence.set_kind("passport");
    request.mutable_safeguards()->set_asylum_claim_open(v1::TERNARY_NO);
    request.mutable_safeguards()->set_trafficking_indicator(v1::TERNARY_NO);
    return request;
  }

  std::string Submitted() {
    const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
    EXPECT_OK(response);
    return response.ok() ? response->case_().case_id() : "";
  }

  static v1::ActOnReadmissionCaseRequest StepOf(const std::string& case_id, v1::ReadmissionStepKind kind) {
    v1::ActOnReadmissionCaseRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("KG-R-5");
    request.mutable_step()->set_case_id(case_id);
    request.mutable_step()->set_kind(kind);
    return request;
  }

  static v1::ActOnReadmissionCaseRequest RefusalOf(const std::string& case_id) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, v1::READMISSION_STEP_KIND_REFUSE);
    request.mutable_step()->set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
    request.mutable_step()->set_reasons("No entry in the register of citizens.\nSee letter 12.");
    return request;
  }

  // A minute passes, and the side takes the step.
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(DeskNode& node, const v1::ActOnReadmissionCaseRequest& request) {
    clock_.Advance(absl::Minutes(1));
    return node.desk.Act(node.call, request);
  }
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(DeskNode& node, const std::string& case_id,
                                                       v1::ReadmissionStepKind kind) {
    return Act(node, StepOf(case_id, kind));
  }

  // Both sides tell the same, but for what each alone knows of its messages.
  void ExpectEqualHistories(const std::string& case_id) {
    const v1::ReadmissionCase kaz = kaz_.Case(case_id);
    const v1::ReadmissionCase kgz = kgz_.Case(case_id);
    ASSERT_EQ(kaz.history_size(), kgz.history_size()) << kaz.DebugString() << kgz.DebugString();
    for (int i = 0; i < kaz.history_size(); ++i) {
      const v1::ReadmissionEvent here = OnBothSides(kaz.history(i));
      const v1::ReadmissionEvent there = OnBothSides(kgz.history(i));
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(here, there))
          << here.DebugString() << there.DebugString();
    }
    EXPECT_EQ(kaz.state(), kgz.state());
    EXPECT_EQ(kaz.treaty_id(), kgz.treaty_id());
    EXPECT_EQ(kaz.treaty_sha256(), kgz.treaty_sha256());
    ASSERT_EQ(kaz.clocks_size(), kgz.clocks_size());
    for (int i = 0; i < kaz.clocks_size(); ++i) {
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(kaz.clocks(i), kgz.clocks(i)));
    }
    EXPECT_FALSE(kaz.has_diverged_at());
    EXPECT_FALSE(kgz.has_diverged_at());
  }

  static v1::ReadmissionEvent OnBothSides(v1::ReadmissionEvent event) {
    event.clear_delivery();
    event.clear_log();
    event.clear_noticed_at();
    return event;
  }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  treaty::CurrentTreaties treaties_{treaty::RatifiedLibrary({{TestTreatyText()}})};
  DeskNode kaz_{kKaz, treaties_, clock_, rng_};
  DeskNode kgz_{kKgz, treaties_, clock_, rng_};
};

}  // namespace tamga::readmission
