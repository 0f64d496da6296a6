// Transit operations as the own agencies' officers work them on two desks, joined by doors without network.
#include "node/transit/transit_desk.h"

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"
#include "node/readmission/test_desks.h"
#include "node/readmission/test_treaty.h"
#include "node/transit/transit_fixture.h"
#include "node/treaty/test_treaties.h"

namespace tamga::transit {
namespace {

// The treaty that other tests of desks use, with transit: 3 days to reply, a consent is good for 30.
std::string TransitTreatyText() {
  return absl::StrReplaceAll(readmission::TestTreatyText(), {{"    operations: OPERATION_READMISSION_TRANSFER\n",
                                                              R"text(    operations: OPERATION_READMISSION_TRANSFER
    operations: OPERATION_READMISSION_TRANSIT_SUBMIT
    operations: OPERATION_READMISSION_TRANSIT_STEP
)text"},
                                                             {"time_limits {\n  id: \"transfer\"",
                                                              R"text(time_limits {
  id: "transit-reply" cites: "1" clock: CASE_CLOCK_TRANSIT_REPLY amount: 3 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_RECEIPT time_zone: "Asia/Bishkek" on_expiry: ON_EXPIRY_LATE
}
time_limits {
  id: "transit-consent" cites: "1" clock: CASE_CLOCK_TRANSIT_CONSENT amount: 30 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_REPLY time_zone: "Asia/Bishkek" on_expiry: ON_EXPIRY_LAPSE
}
time_limits {
  id: "transfer")text"}});
}

struct TransitNode {
  TransitNode(const std::string& agency, const treaty::CurrentTreaties& treaties, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        laws(treaties),
        transits(agency, store.records(), laws, clock),
        desk({agency, store.records(), transits, laws, door, uses, gate, clock, rng}),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
    door.decision.treaty_sha256 = Sha256(TransitTreatyText());
    door.Serve(desk);
  }

  v1::TransitCase Case(const std::string& case_id) {
    v1::GetTransitRequest request;
    request.set_case_id(case_id);
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    const auto response = desk.Get(call, request);
    EXPECT_OK(response);
    return response.ok() ? response->case_() : v1::TransitCase();
  }

  v1::TransitFile File(const std::string& case_id) { return transits.Load(case_id).value().file; }

  std::vector<store::RecordRow> RowsOf(const std::string& case_id) {
    const store::Record record = store.records().Get(kTransitKind, case_id).value();
    return {{record.kind, record.id, record.version, "", record.updated_at, record.origin}};
  }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  readmission::FakeGate gate;
  readmission::LawBook laws;
  TransitStore transits;
  TransitDesk desk;
  exchange::Call call;
};

class TransitDeskTest : public ::testing::Test {
 protected:
  TransitDeskTest() {
    kaz_.door.Connect(kgz_.door);
    kgz_.door.Connect(kaz_.door);
  }

  static v1::SubmitTransitRequest GoodRequest() {
    v1::SubmitTransitRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("KZ-T-17");
    request.set_requested_agency(kAsked);
    *request.mutable_application() = MakeTransitApplication();
    request.mutable_safeguards()->set_asylum_claim_open(v1::TERNARY_NO);
    return request;
  }

  std::string Submitted() {
    const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
    EXPECT_OK(response);
    return response.ok() ? response->case_().case_id() : "";
  }

  static v1::ActOnTransitRequest StepOf(const std::string& case_id, v1::TransitStepKind kind) {
    v1::ActOnTransitRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("KG-T-5");
    *request.mutable_step() = MakeTransitStep(kind);
    request.mutable_step()->set_case_id(case_id);
    return request;
  }

  // A minute passes, and the side takes the step.
  absl::StatusOr<v1::ActOnTransitResponse> Act(TransitNode& node, const v1::ActOnTransitRequest& request) {
    clock_.Advance(absl::Minutes(1));
    return node.desk.Act(node.call, request);
  }
  absl::StatusOr<v1::ActOnTransitResponse> Act(TransitNode& node, const std::string& case_id,
                                               v1::TransitStepKind kind) {
    return Act(node, StepOf(case_id, kind));
  }

  void ExpectSameOnBothSides(const std::string& case_id) {
    const v1::TransitCase kaz = kaz_.Case(case_id);
    const v1::TransitCase kgz = kgz_.Case(case_id);
    EXPECT_EQ(kaz.state(), kgz.state());
    EXPECT_EQ(TransitHistory(kaz), TransitHistory(kgz));
    EXPECT_EQ(kaz.treaty_sha256(), kgz.treaty_sha256());
    EXPECT_EQ(kaz.clocks_size(), kgz.clocks_size());
    EXPECT_FALSE(kaz.has_diverged_at());
    EXPECT_FALSE(kgz.has_diverged_at());
  }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  treaty::CurrentTreaties treaties_{treaty::RatifiedLibrary({{TransitTreatyText()}})};
  TransitNode kaz_{kAsking, treaties_, clock_, rng_};
  TransitNode kgz_{kAsked, treaties_, clock_, rng_};
};

TEST_F(TransitDeskTest, AnApplicationIsTheSameOnBothSidesAndItsReplyIsDue) {
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  ASSERT_OK(response);
  const v1::TransitCase& record = response->case_();
  EXPECT_EQ(record.state(), v1::TRANSIT_STATE_SUBMITTED);
  EXPECT_EQ(response->exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  ASSERT_EQ(record.history_size(), 2);
  EXPECT_EQ(record.history(0).delivery(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(record.history(1).kind(), v1::TRANSIT_STEP_KIND_RECEIVE);
  ASSERT_EQ(record.clocks_size(), 1);
  EXPECT_EQ(record.clocks(0).limit_id(), "transit-reply");
  EXPECT_EQ(kgz_.Case(record.case_id()).application().destination_state(), "UZB");
  ExpectSameOnBothSides(record.case_id());
}

TEST_F(TransitDeskTest, BothSidesHoldTheSameThroughEachLife) {
  using Life = std::vector<std::pair<TransitNode*, v1::TransitStepKind>>;
  const std::vector<std::pair<v1::TransitState, Life>> lives = {
      {v1::TRANSIT_STATE_DONE, {{&kgz_, v1::TRANSIT_STEP_KIND_CONSENT}, {&kaz_, v1::TRANSIT_STEP_KIND_REPORT_DONE}}},
      {v1::TRANSIT_STATE_TAKEN_BACK,
       {{&kgz_, v1::TRANSIT_STEP_KIND_CONSENT},
        {&kgz_, v1::TRANSIT_STEP_KIND_REVOKE},
        {&kaz_, v1::TRANSIT_STEP_KIND_TAKE_BACK}}},
      {v1::TRANSIT_STATE_REFUSED, {{&kgz_, v1::TRANSIT_STEP_KIND_REFUSE}}},
      {v1::TRANSIT_STATE_WITHDRAWN, {{&kaz_, v1::TRANSIT_STEP_KIND_WITHDRAW}}}};
  for (const auto& [end, life] : lives) {
    const std::string case_id = Submitted();
    for (const auto& [node, kind] : life) {
      const auto acted = Act(*node, case_id, kind);
      ASSERT_OK(acted);
      EXPECT_FALSE(acted->overtaken());
      ExpectSameOnBothSides(case_id);
    }
    EXPECT_EQ(kaz_.Case(case_id).state(), end);
  }
}

TEST_F(TransitDeskTest, AConsentThatIsNotUsedLapses) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_CONSENT));
  clock_.Advance(absl::Hours(24) * 32);
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::TRANSIT_STATE_LAPSED);
  ExpectSameOnBothSides(case_id);
  EXPECT_THAT(Act(kaz_, case_id, v1::TRANSIT_STEP_KIND_REPORT_DONE), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(TransitDeskTest, StepsThatCrossedAreResolvedByTheirTimes) {
  const std::string case_id = Submitted();
  kaz_.door.unreachable = true;
  kgz_.door.unreachable = true;
  v1::ActOnTransitRequest withdrawal = StepOf(case_id, v1::TRANSIT_STEP_KIND_WITHDRAW);
  withdrawal.mutable_context()->set_idempotency_key("key-1");
  ASSERT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_CONSENT));
  const auto queued = Act(kaz_, withdrawal);
  ASSERT_OK(queued);
  EXPECT_EQ(queued->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(queued->case_().state(), v1::TRANSIT_STATE_WITHDRAWN);
  kgz_.door.DeliverWaiting();
  kaz_.door.DeliverWaiting();
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::TRANSIT_STATE_CONSENTED);
  ExpectSameOnBothSides(case_id);
  const auto again = kaz_.desk.Act(kaz_.call, withdrawal);
  ASSERT_OK(again);
  EXPECT_TRUE(again->overtaken());
}

TEST_F(TransitDeskTest, WhatStandsForThePersonKeepsApplicationAndConsentAtHome) {
  const std::string case_id = Submitted();
  kaz_.gate.standing.set_asylum_claim_open(v1::TERNARY_YES);
  kgz_.gate.standing.set_trafficking_indicator(v1::TERNARY_YES);
  const auto submitted = kaz_.desk.Submit(kaz_.call, GoodRequest());
  const auto consented = Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_CONSENT);
  EXPECT_THAT(submitted, HasReason("SAFEGUARD_STANDS"));
  EXPECT_THAT(consented, HasReason("SAFEGUARD_STANDS"));
  EXPECT_EQ(submitted.status().message(), consented.status().message());
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::TRANSIT_STATE_SUBMITTED);
  // That the person does not come is said whatever stands.
  EXPECT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_REFUSE));
}

TEST_F(TransitDeskTest, TheApplicationSaysThatNothingStandsInTheWayAndTheFactsGoToThePolicy) {
  Submitted();
  const exchange::Outgoing& asked = kaz_.door.asked.at(0);
  policy::Facts expected;
  expected.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  EXPECT_EQ(asked.facts, expected);
  EXPECT_TRUE(static_cast<const v1::TransitSubmission&>(*asked.body).checks().nothing_stands_in_the_way());
  v1::SubmitTransitRequest ill = GoodRequest();
  ill.mutable_safeguards()->set_medical_hold(v1::TERNARY_YES);
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, ill), HasReason("SAFEGUARD_STANDS"));
}

TEST_F(TransitDeskTest, AnApplicationThatIsNotInOrderNamesTheField) {
  const std::vector<std::pair<std::string, std::function<void(v1::TransitApplication&)>>> faults = {
      {"application: names", [](auto& a) { a.clear_names(); }},
      {"application: documents", [](auto& a) { a.clear_documents(); }},
      {"application: nationalities[0]", [](auto& a) { a.set_nationalities(0, "Nowhere"); }},
      {"application: destination_state", [](auto& a) { a.set_destination_state("KGZ"); }},
      {"application: other_transit_states[0]", [](auto& a) { a.add_other_transit_states("Tajikistan"); }},
      {"application: entry_point", [](auto& a) { a.clear_entry_point(); }},
      {"application: exit_point", [](auto& a) { a.clear_exit_point(); }},
      {"application: enters_at", [](auto& a) { a.clear_enters_at(); }},
      {"application: means", [](auto& a) { a.clear_means(); }},
      {"application: escorts[0].name", [](auto& a) { a.mutable_escorts(0)->clear_name(); }},
      {"application: no_direct_way", [](auto& a) { a.set_no_direct_way(false); }},
      {"application: onward_travel_assured", [](auto& a) { a.set_onward_travel_assured(false); }},
      {"application: admission_assured", [](auto& a) { a.set_admission_assured(false); }},
      {"application: no_refusal_ground_known", [](auto& a) { a.set_no_refusal_ground_known(false); }}};
  for (const auto& [field, spoil] : faults) {
    v1::SubmitTransitRequest request = GoodRequest();
    spoil(*request.mutable_application());
    const absl::Status status = kaz_.desk.Submit(kaz_.call, request).status();
    EXPECT_THAT(status, HasReason("INVALID_FIELD")) << field;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(field));
  }
  EXPECT_TRUE(kaz_.door.asked.empty());
}

TEST_F(TransitDeskTest, AStepThatIsNotInOrderNamesTheField) {
  const std::string case_id = Submitted();
  const std::vector<std::pair<v1::TransitStepKind, std::function<void(v1::TransitStep&)>>> faults = {
      {v1::TRANSIT_STEP_KIND_REFUSE, [](auto& step) { step.clear_refusal_code(); }},
      {v1::TRANSIT_STEP_KIND_REVOKE, [](auto& step) { step.clear_reasons(); }},
      {v1::TRANSIT_STEP_KIND_CONSENT, [](auto& step) { step.set_reasons("why not"); }},
      {v1::TRANSIT_STEP_KIND_CONSENT, [](auto& step) { step.set_refusal_code(v1::TRANSIT_REFUSAL_CODE_PERSECUTION); }},
      {v1::TRANSIT_STEP_KIND_CONSENT, [](auto& step) { step.set_number(2); }},
      {v1::TRANSIT_STEP_KIND_CONSENT, [](auto& step) { step.set_kind(v1::TRANSIT_STEP_KIND_LAPSE); }},
      {v1::TRANSIT_STEP_KIND_CONSENT, [](auto& step) { step.set_kind(v1::TRANSIT_STEP_KIND_SUBMIT); }}};
  for (const auto& [kind, spoil] : faults) {
    v1::ActOnTransitRequest request = StepOf(case_id, kind);
    spoil(*request.mutable_step());
    EXPECT_THAT(Act(kgz_, request), HasReason("INVALID_FIELD"));
  }
}

TEST_F(TransitDeskTest, ARepeatedCallHasOneEffect) {
  v1::SubmitTransitRequest request = GoodRequest();
  request.mutable_context()->set_idempotency_key("key-1");
  ASSERT_OK_AND_ASSIGN(const v1::SubmitTransitResponse first, kaz_.desk.Submit(kaz_.call, request));
  ASSERT_OK_AND_ASSIGN(const v1::SubmitTransitResponse again, kaz_.desk.Submit(kaz_.call, request));
  EXPECT_EQ(again.case_().case_id(), first.case_().case_id());
  EXPECT_EQ(again.exchange().exchange_id(), first.exchange().exchange_id());
  EXPECT_EQ(kaz_.door.asked.size(), 1u);
  EXPECT_OK(kaz_.door.Repeat());
  EXPECT_EQ(kgz_.Case(first.case_().case_id()).version(), 1u);
}

TEST_F(TransitDeskTest, WhatNoTreatyPermitsIsOnRecordAsNotDelivered) {
  kaz_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
  v1::SubmitTransitRequest request = GoodRequest();
  request.mutable_context()->set_idempotency_key("key-1");
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("NO_GRANT"));
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("NO_GRANT"));
  ASSERT_OK_AND_ASSIGN(const v1::ListTransitsResponse list, kaz_.desk.List({}));
  ASSERT_EQ(list.cases_size(), 1);
  EXPECT_EQ(list.cases(0).state(), v1::TRANSIT_STATE_NOT_DELIVERED);
}

TEST_F(TransitDeskTest, AnExpiredStepIsWithoutEffectAndIsReleasedAsItWas) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  ASSERT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_CONSENT));
  kgz_.door.ExpireWaiting();
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::TRANSIT_STATE_SUBMITTED);
  const exchange::Outgoing& asked = kgz_.door.asked.back();
  v1::MessageHeader header;
  header.set_operation(asked.operation);
  header.set_idempotency_key(asked.context.idempotency_key());
  ASSERT_OK_AND_ASSIGN(const std::string exchange_id, ParseUuidV7(kgz_.File(case_id).steps(1).exchange_id()));
  header.set_exchange_id(exchange_id);
  const std::string body = asked.body->SerializeAsString();
  auto effects = kgz_.desk.HandleRelease({header, body});
  ASSERT_OK(effects);
  ASSERT_OK(kgz_.store.writer().Commit(*std::move(effects)));
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::TRANSIT_STATE_CONSENTED);
  EXPECT_THAT(kgz_.desk.HandleRelease({header, body}), HasReason("NOT_RELEASABLE"));
}

TEST_F(TransitDeskTest, APartnersCaseIsShownForAPurposeThatItsTreatyAllows) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_REFUSE));
  v1::GetTransitRequest bare;
  bare.set_case_id(case_id);
  const auto own = kaz_.desk.Get(kaz_.call, bare);
  ASSERT_OK(own);
  EXPECT_EQ(own->case_().state(), v1::TRANSIT_STATE_REFUSED);
  EXPECT_EQ(own->case_().history().rbegin()->reasons(), "");
  EXPECT_EQ(kaz_.Case(case_id).history().rbegin()->reasons(), "there is a warrant");
  kgz_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "PURPOSE_NOT_ALLOWED", "not for that");
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, bare), HasReason("PURPOSE_NOT_ALLOWED"));
  ASSERT_OK_AND_ASSIGN(const v1::ListTransitsResponse list, kgz_.desk.List({}));
  ASSERT_EQ(list.cases_size(), 1);
  EXPECT_FALSE(list.cases(0).has_application());
  EXPECT_EQ(list.cases(0).history().rbegin()->reasons(), "");
}

TEST_F(TransitDeskTest, AThirdAgencyLearnsNothingOfACase) {
  const std::string case_id = Submitted();
  TransitNode tjk("TJK/interior-ministry", treaties_, clock_, rng_);
  tjk.door.Connect(kgz_.door);
  exchange::Outgoing question;
  question.to = kAsked;
  question.operation = v1::OPERATION_READMISSION_TRANSIT_STEP;
  auto step = std::make_shared<v1::TransitStep>(MakeTransitStep(v1::TRANSIT_STEP_KIND_WITHDRAW));
  step->set_case_id(case_id);
  step->set_number(2);
  *step->mutable_at() = ToProto(clock_.Now());
  question.body = step;
  EXPECT_THAT(tjk.door.Send(question), HasReason("CASE_UNKNOWN"));
}

TEST_F(TransitDeskTest, ACaseGoesOnUnderTheLawOfItsReceipt) {
  const std::string case_id = Submitted();
  const absl::Time received = FromProto(kgz_.File(case_id).received_at());
  v1::MessageHeader header;
  header.set_from(kAsked);
  header.set_to(kAsking);
  header.set_operation(v1::OPERATION_READMISSION_TRANSIT_STEP);
  const std::string body = StepOf(case_id, v1::TRANSIT_STEP_KIND_CONSENT).step().SerializeAsString();
  EXPECT_EQ(kaz_.desk.LawAsOf(header, body), received);
  EXPECT_EQ(kgz_.desk.LawAsOf(header, body), received);
  EXPECT_EQ(kaz_.desk.LawAsOf(header, ""), absl::InfiniteFuture());
  header.set_from("TJK/interior-ministry");
  EXPECT_EQ(kaz_.desk.LawAsOf(header, body), absl::InfiniteFuture());
}

TEST_F(TransitDeskTest, ErasureDeletesAPartnersCaseAndOfAnOwnOneWhatThePartnerSaid) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::TRANSIT_STEP_KIND_REFUSE));
  for (TransitNode* node : {&kaz_, &kgz_}) {
    const std::vector<store::RecordRow> rows = node->RowsOf(case_id);
    auto effects = node->desk.HandleErasure({v1::Holding(), rows, clock_.Now()});
    ASSERT_OK(effects);
    ASSERT_OK(node->store.writer().Commit(*std::move(effects)));
  }
  const v1::TransitCase own = kaz_.Case(case_id);
  EXPECT_EQ(own.state(), v1::TRANSIT_STATE_REFUSED);
  EXPECT_EQ(own.history().rbegin()->reasons(), "erased");
  EXPECT_EQ(own.history().rbegin()->refusal_code(), v1::TRANSIT_REFUSAL_CODE_UNSPECIFIED);
  v1::GetTransitRequest request;
  request.set_case_id(case_id);
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("CASE_UNKNOWN"));
}

}  // namespace
}  // namespace tamga::transit
