// Two desks in one process, joined by doors without network.
#include "node/readmission/readmission_desk.h"

#include <functional>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kKaz[] = "KAZ/interior-ministry";
constexpr char kKgz[] = "KGZ/interior-ministry";

struct Node {
  Node(const std::string& agency, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        desk(agency, store.records(), door, uses, clock, rng),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
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

  // What is to be erased of the case.
  std::vector<store::RecordRow> RowsOf(const std::string& case_id) {
    const store::Record record = store.records().Get(kCaseKind, case_id).value();
    return {{record.kind, record.id, record.version, "", record.updated_at, record.origin}};
  }

  v1::ListReadmissionCasesResponse List() { return desk.List({}).value(); }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  ReadmissionDesk desk;
  exchange::Call call;
};

v1::SubmitReadmissionRequest GoodRequest() {
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
  request.mutable_safeguards()->set_asylum_claim_open(v1::TERNARY_NO);
  request.mutable_safeguards()->set_trafficking_indicator(v1::TERNARY_NO);
  return request;
}

class ReadmissionDeskTest : public ::testing::Test {
 protected:
  ReadmissionDeskTest() {
    kaz_.door.Connect(kgz_.door);
    kgz_.door.Connect(kaz_.door);
    kgz_.door.decision.answer_within_days = 25;
  }

  std::string Submitted() {
    const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
    EXPECT_OK(response);
    return response.ok() ? response->case_().case_id() : "";
  }

  static v1::ReplyToReadmissionRequest Acceptance(const std::string& case_id) {
    v1::ReplyToReadmissionRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("KG-R-5");
    request.set_case_id(case_id);
    request.set_state(v1::READMISSION_STATE_ACCEPTED);
    return request;
  }

  static v1::ReplyToReadmissionRequest RefusalOf(const std::string& case_id) {
    v1::ReplyToReadmissionRequest request = Acceptance(case_id);
    request.set_state(v1::READMISSION_STATE_REFUSED);
    request.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
    request.set_reasons("No entry in the register of citizens.\nSee letter 12.");
    return request;
  }

  // Both sides tell the same.
  void ExpectEqualHistories(const std::string& case_id) {
    const v1::ReadmissionCase kaz = kaz_.Case(case_id);
    const v1::ReadmissionCase kgz = kgz_.Case(case_id);
    ASSERT_EQ(kaz.history_size(), kgz.history_size());
    for (int i = 0; i < kaz.history_size(); ++i) {
      EXPECT_TRUE(MessageDifferencer::Equals(kaz.history(i), kgz.history(i)))
          << kaz.history(i).DebugString() << kgz.history(i).DebugString();
    }
    EXPECT_EQ(kaz.state(), kgz.state());
    EXPECT_EQ(kaz.treaty_id(), kgz.treaty_id());
    EXPECT_TRUE(MessageDifferencer::Equals(kaz.reply_due_at(), kgz.reply_due_at()));
  }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  Node kaz_{kKaz, clock_, rng_};
  Node kgz_{kKgz, clock_, rng_};
};

TEST_F(ReadmissionDeskTest, SubmittedCaseIsReceivedOnBothSides) {
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  ASSERT_OK(response);
  const v1::ReadmissionCase& record = response->case_();
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(record.requesting_agency(), kKaz);
  EXPECT_EQ(record.requested_agency(), kKgz);
  EXPECT_EQ(record.treaty_id(), "TEST-TREATY");
  EXPECT_EQ(record.version(), 2u);
  EXPECT_EQ(FromProto(record.reply_due_at()), clock_.Now() + absl::Hours(24) * 25);
  ASSERT_EQ(record.history_size(), 2);
  EXPECT_EQ(record.history(0).state(), v1::READMISSION_STATE_SUBMITTED);
  EXPECT_EQ(record.history(0).actor(), kKaz);
  EXPECT_EQ(record.history(1).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(record.history(1).actor(), kKgz);
  EXPECT_EQ(record.history(1).articles(0), "TEST-TREATY art. 1");
  EXPECT_EQ(record.history(1).exchange_id(), response->exchange().exchange_id());
  EXPECT_EQ(kgz_.Case(record.case_id()).version(), 1u);
  ExpectEqualHistories(record.case_id());
}

TEST_F(ReadmissionDeskTest, SafeguardsGoToThePolicyAndNotIntoTheMessage) {
  Submitted();
  const exchange::Outgoing& asked = kaz_.door.asked.at(0);
  policy::Facts expected;
  expected.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  expected.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  EXPECT_EQ(asked.facts, expected);  // the minor's was left out, so it is unknown
  EXPECT_EQ(asked.body->GetTypeName(), "tamga.v1.ReadmissionSubmission");
}

TEST_F(ReadmissionDeskTest, WhatOfficersWouldAgreeToIsTheSameHoweverOftenItIsAsked) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  ASSERT_OK(kaz_.desk.Submit(kaz_.call, request));
  request.mutable_context()->set_idempotency_key("another-key");
  ASSERT_OK(kaz_.desk.Submit(kaz_.call, request));
  request.mutable_context()->clear_idempotency_key();
  request.mutable_application()->set_sex("F");
  ASSERT_OK(kaz_.desk.Submit(kaz_.call, request));
  const std::vector<exchange::Outgoing>& asked = kaz_.door.asked;
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_NE(asked[0].body->SerializeAsString(), asked[1].body->SerializeAsString());
  EXPECT_EQ(asked[0].content, asked[1].content);
  EXPECT_NE(asked[2].content, asked[1].content);
}

TEST_F(ReadmissionDeskTest, WithoutTimeLimitNoReplyIsDue) {
  kgz_.door.decision.answer_within_days = 0;
  const std::string case_id = Submitted();
  EXPECT_FALSE(kaz_.Case(case_id).has_reply_due_at());
  EXPECT_FALSE(kgz_.Case(case_id).has_reply_due_at());
}

TEST_F(ReadmissionDeskTest, QueuedCaseIsSubmittedUntilReceiptIsProven) {
  kaz_.door.unreachable = true;
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  ASSERT_OK(response);
  EXPECT_EQ(response->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(response->case_().state(), v1::READMISSION_STATE_SUBMITTED);
  EXPECT_EQ(response->case_().history_size(), 0);
  clock_.Advance(absl::Hours(5));
  kaz_.door.DeliverWaiting();
  EXPECT_EQ(kaz_.Case(response->case_().case_id()).state(), v1::READMISSION_STATE_RECEIVED);
  ExpectEqualHistories(response->case_().case_id());
}

TEST_F(ReadmissionDeskTest, CaseThatExpiresInTheOutboxIsNotDelivered) {
  kaz_.door.unreachable = true;
  const std::string case_id = Submitted();
  kaz_.door.ExpireWaiting();
  const v1::ReadmissionCase record = kaz_.Case(case_id);
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_NOT_DELIVERED);
  ASSERT_EQ(record.history_size(), 1);
  EXPECT_EQ(record.history(0).reasons(), "EXPIRED");
}

TEST_F(ReadmissionDeskTest, ForbiddenSubmissionLeavesNoCase) {
  kaz_.door.forbidden = Error(absl::StatusCode::kPermissionDenied, "FORBIDDEN", "art. 2 forbids");
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(response, HasReason("FORBIDDEN"));
  EXPECT_EQ(kaz_.List().cases_size(), 0);
}

TEST_F(ReadmissionDeskTest, DeniedSubmissionIsOnRecordAsNotDelivered) {
  for (const char* key : {"", "key-1"}) {
    SCOPED_TRACE(key);
    kaz_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
    v1::SubmitReadmissionRequest request = GoodRequest();
    request.mutable_context()->set_idempotency_key(key);
    EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("NO_GRANT"));
    const v1::ReadmissionCase record = kaz_.Case(kaz_.List().cases(0).case_id());
    EXPECT_EQ(record.state(), v1::READMISSION_STATE_NOT_DELIVERED);
    EXPECT_EQ(record.history(0).reasons(), "NO_GRANT");
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(kaz_.List().cases_size(), 2);
  EXPECT_EQ(kgz_.List().cases_size(), 0);
}

TEST_F(ReadmissionDeskTest, RepeatedCallMakesOneCase) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.mutable_context()->set_idempotency_key("key-1");
  const auto first = kaz_.desk.Submit(kaz_.call, request);
  const auto second = kaz_.desk.Submit(kaz_.call, request);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_TRUE(MessageDifferencer::Equals(first->case_(), second->case_()));
  EXPECT_EQ(second->exchange().exchange_id(), first->exchange().exchange_id());
  EXPECT_EQ(second->exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(kaz_.door.asked.size(), 1u);
}

TEST_F(ReadmissionDeskTest, KeyOfAnotherRequestIsRefused) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.mutable_context()->set_idempotency_key("key-1");
  ASSERT_OK(kaz_.desk.Submit(kaz_.call, request));
  request.mutable_application()->set_sex("F");
  const auto second = kaz_.desk.Submit(kaz_.call, request);
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(second, HasReason("IDEMPOTENCY_MISMATCH"));
}

struct SubmitFault {
  std::string name;
  std::function<void(v1::SubmitReadmissionRequest&)> make;
  std::string field;
};

class SubmitFaultTest : public ReadmissionDeskTest, public ::testing::WithParamInterface<SubmitFault> {};

TEST_P(SubmitFaultTest, IsRefusedBeforeAnythingIsAsked) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  GetParam().make(request);
  const auto response = kaz_.desk.Submit(kaz_.call, request);
  EXPECT_THAT(response, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(response.status())["field"], GetParam().field);
  EXPECT_TRUE(kaz_.door.asked.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SubmitFaultTest,
    ::testing::Values(
        SubmitFault{"OtherPurpose",
                    [](auto& request) { request.mutable_context()->set_purpose(v1::PURPOSE_MIGRATION_CONTROL); },
                    "context.purpose"},
        SubmitFault{"NoContext", [](auto& request) { request.clear_context(); }, "context.purpose"},
        SubmitFault{"BadAgency", [](auto& request) { request.set_requested_agency("kgz"); }, "requested_agency"},
        SubmitFault{"OwnAgency", [](auto& request) { request.set_requested_agency(kKaz); }, "requested_agency"},
        SubmitFault{"NoSafeguards", [](auto& request) { request.clear_safeguards(); }, "safeguards"},
        SubmitFault{
            "BadSafeguard",
            [](auto& request) { request.mutable_safeguards()->set_asylum_claim_open(static_cast<v1::Ternary>(7)); },
            "safeguards.asylum_claim_open"},
        SubmitFault{"NoApplication", [](auto& request) { request.clear_application(); }, "category"}),
    [](const auto& test) { return test.param.name; });

TEST_F(ReadmissionDeskTest, AcceptanceIsOnBothSides) {
  const std::string case_id = Submitted();
  clock_.Advance(absl::Hours(48));
  const auto response = kgz_.desk.Reply(kgz_.call, Acceptance(case_id));
  ASSERT_OK(response);
  EXPECT_EQ(response->case_().state(), v1::READMISSION_STATE_ACCEPTED);
  ASSERT_EQ(response->case_().history_size(), 3);
  EXPECT_EQ(response->case_().history(2).actor(), kKgz);
  EXPECT_EQ(FromProto(response->case_().history(2).at()), clock_.Now());
  EXPECT_EQ(kgz_.door.asked.at(0).context.treaty_id(), "TEST-TREATY");
  ExpectEqualHistories(case_id);
}

TEST_F(ReadmissionDeskTest, RefusalCarriesCodeAndReasons) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, RefusalOf(case_id)));
  const v1::ReadmissionCase record = kaz_.Case(case_id);
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_EQ(record.history(2).refusal_code(), v1::REFUSAL_CODE_NOT_NATIONAL);
  EXPECT_EQ(record.history(2).reasons(), RefusalOf(case_id).reasons());
  ExpectEqualHistories(case_id);
}

TEST_F(ReadmissionDeskTest, QueuedReplyChangesTheCaseOnlyWhenDelivered) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  const auto response = kgz_.desk.Reply(kgz_.call, Acceptance(case_id));
  ASSERT_OK(response);
  EXPECT_EQ(response->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(response->case_().state(), v1::READMISSION_STATE_RECEIVED);
  kgz_.door.DeliverWaiting();
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
  ExpectEqualHistories(case_id);
}

TEST_F(ReadmissionDeskTest, SecondAnswerIsAnIllegalTransition) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)));
  const auto second = kgz_.desk.Reply(kgz_.call, RefusalOf(case_id));
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("ACCEPTED")));
  EXPECT_THAT(second, HasReason("ILLEGAL_TRANSITION"));
  EXPECT_EQ(kgz_.Case(case_id).history_size(), 3);
}

TEST_F(ReadmissionDeskTest, FirstOfTwoQueuedAnswersCountsOnBothSides) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)));
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, RefusalOf(case_id)));
  const std::vector<exchange::AskResult> results = kgz_.door.DeliverWaiting();
  EXPECT_OK(results[0].status);
  EXPECT_THAT(results[1].status, HasReason("ILLEGAL_TRANSITION"));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
  ExpectEqualHistories(case_id);
}

TEST_F(ReadmissionDeskTest, RepeatedKeyedReplyAnswersOnce) {
  v1::ReplyToReadmissionRequest request = Acceptance(Submitted());
  request.mutable_context()->set_idempotency_key("key-9");
  const auto first = kgz_.desk.Reply(kgz_.call, request);
  const auto second = kgz_.desk.Reply(kgz_.call, request);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_TRUE(MessageDifferencer::Equals(first->case_(), second->case_()));
  EXPECT_EQ(second->exchange().exchange_id(), first->exchange().exchange_id());
  EXPECT_EQ(kgz_.door.asked.size(), 1u);
}

TEST_F(ReadmissionDeskTest, WhoeverAnswersUsesTheApplication) {
  const std::string case_id = Submitted();
  kgz_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "it serves other purposes only");
  EXPECT_THAT(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)), HasReason("USE_NOT_PERMITTED"));
  EXPECT_TRUE(kgz_.door.asked.empty());
  kgz_.uses.answer = absl::OkStatus();
  kgz_.uses.asked.clear();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)));
  ASSERT_EQ(kgz_.uses.asked.size(), 1u);
  EXPECT_EQ(kgz_.uses.asked[0].origin.partner, kKaz);
}

TEST_F(ReadmissionDeskTest, OnlyTheRequestedAgencyMayAnswer) {
  EXPECT_THAT(kaz_.desk.Reply(kaz_.call, Acceptance(Submitted())), HasReason("NOT_YOUR_CASE"));
}

TEST_F(ReadmissionDeskTest, UnknownCaseCannotBeAnsweredOrRead) {
  const std::string unknown = FormatUuid(NewUuidV7(clock_.Now(), rng_));
  EXPECT_THAT(kgz_.desk.Reply(kgz_.call, Acceptance(unknown)), HasReason("CASE_UNKNOWN"));
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(unknown);
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), StatusIs(absl::StatusCode::kNotFound));
  request.set_case_id("17");
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("INVALID_FIELD"));
}

TEST_F(ReadmissionDeskTest, ReplyUnderAnotherTreatyIsRefused) {
  v1::ReplyToReadmissionRequest request = Acceptance(Submitted());
  request.mutable_context()->set_treaty_id("OTHER-TREATY");
  EXPECT_THAT(kgz_.desk.Reply(kgz_.call, request), HasReason("INVALID_FIELD"));
}

struct ReplyFault {
  std::string name;
  std::function<void(v1::ReplyToReadmissionRequest&)> make;
  std::string field;
};

class ReplyFaultTest : public ReadmissionDeskTest, public ::testing::WithParamInterface<ReplyFault> {};

TEST_P(ReplyFaultTest, IsRefusedBeforeAnythingIsAsked) {
  v1::ReplyToReadmissionRequest request = RefusalOf(Submitted());
  GetParam().make(request);
  const auto response = kgz_.desk.Reply(kgz_.call, request);
  EXPECT_THAT(response, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(response.status())["field"], GetParam().field);
  EXPECT_TRUE(kgz_.door.asked.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ReplyFaultTest,
    ::testing::Values(
        ReplyFault{"NoReasons", [](auto& request) { request.clear_reasons(); }, "reasons"},
        ReplyFault{"LongReasons", [](auto& request) { request.set_reasons(std::string(2001, 'x')); }, "reasons"},
        ReplyFault{"NoCode", [](auto& request) { request.clear_refusal_code(); }, "refusal_code"},
        ReplyFault{"CodeOfAcceptance", [](auto& request) { request.set_state(v1::READMISSION_STATE_ACCEPTED); },
                   "refusal_code"},
        ReplyFault{"OtherState", [](auto& request) { request.set_state(v1::READMISSION_STATE_RECEIVED); }, "state"},
        ReplyFault{"NoCase", [](auto& request) { request.clear_case_id(); }, "case_id"}),
    [](const auto& test) { return test.param.name; });

TEST_F(ReadmissionDeskTest, RepeatedSubmissionOfAPartnerIsAnsweredWithoutASecondCase) {
  const std::string case_id = Submitted();
  EXPECT_OK(kaz_.door.Repeat());
  EXPECT_EQ(kgz_.Case(case_id).version(), 1u);
}

TEST_F(ReadmissionDeskTest, RepeatedDecisionOfAPartnerIsAnsweredWithoutASecondEvent) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)));
  EXPECT_OK(kgz_.door.Repeat());
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 3);
}

TEST_F(ReadmissionDeskTest, SubmissionUnderAKnownCaseIdIsRefused) {
  Submitted();
  EXPECT_THAT(kaz_.door.Send(kaz_.door.asked.at(0)), HasReason("CASE_EXISTS"));  // in another exchange
}

TEST_F(ReadmissionDeskTest, AnotherAgencysCaseIdIsNotServed) {
  Submitted();
  Node tjk("TJK/interior-ministry", clock_, rng_);
  tjk.door.Connect(kgz_.door);
  exchange::Outgoing copy = kaz_.door.asked.at(0);
  copy.to = "KGZ/interior-ministry";
  EXPECT_THAT(tjk.door.Send(copy), HasReason("NOT_SERVED"));
}

TEST_F(ReadmissionDeskTest, DecisionOnACaseOfOthersIsRefusedAsIfThereWereNone) {
  const std::string case_id = Submitted();
  Node tjk("TJK/interior-ministry", clock_, rng_);
  tjk.door.Connect(kaz_.door);
  exchange::Outgoing question;
  question.to = kKaz;
  question.operation = v1::OPERATION_READMISSION_REPLY;
  auto body = std::make_shared<v1::ReadmissionDecision>();
  body->set_case_id(case_id);
  body->set_state(v1::READMISSION_STATE_ACCEPTED);
  *body->mutable_decided_at() = ToProto(clock_.Now());
  question.body = body;
  EXPECT_THAT(tjk.door.Send(question), HasReason("CASE_UNKNOWN"));
  body->set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  EXPECT_THAT(tjk.door.Send(question), HasReason("CASE_UNKNOWN"));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_RECEIVED);
}

TEST_F(ReadmissionDeskTest, IncompleteApplicationOfAPartnerIsRefused) {
  exchange::Outgoing question;
  question.to = kKgz;
  question.operation = v1::OPERATION_READMISSION_SUBMIT;
  auto body = std::make_shared<v1::ReadmissionSubmission>();
  body->set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  question.body = body;
  EXPECT_THAT(kaz_.door.Send(question), HasReason("INVALID_FIELD"));
  *body->mutable_application() = GoodRequest().application();
  body->set_case_id("../17");
  EXPECT_THAT(kaz_.door.Send(question), HasReason("INVALID_FIELD"));
  EXPECT_EQ(kgz_.List().cases_size(), 0);
}

TEST_F(ReadmissionDeskTest, OtherOperationsAreNotServed) {
  exchange::Outgoing question;
  question.to = kKgz;
  question.operation = v1::OPERATION_WATCHLIST_CHECK;
  question.body = std::make_shared<v1::ReadmissionSubmission>();
  EXPECT_THAT(kaz_.door.Send(question), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(ReadmissionDeskTest, ListsCasesPageByPageWithoutApplications) {
  const std::string first = Submitted();
  clock_.Advance(absl::Seconds(1));
  const std::string second = Submitted();
  v1::ListReadmissionCasesRequest request;
  request.set_page_size(1);
  const auto page = kaz_.desk.List(request);
  ASSERT_OK(page);
  ASSERT_EQ(page->cases_size(), 1);
  EXPECT_EQ(page->cases(0).case_id(), second);
  EXPECT_FALSE(page->cases(0).has_application());
  request.set_page_token(page->next_page_token());
  const auto next = kaz_.desk.List(request);
  ASSERT_OK(next);
  ASSERT_EQ(next->cases_size(), 1);
  EXPECT_EQ(next->cases(0).case_id(), first);
  EXPECT_EQ(next->next_page_token(), "");
}

TEST_F(ReadmissionDeskTest, APartnersCaseIsToldOnlyIfItsUseIsPermitted) {
  const std::string case_id = Submitted();
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  request.mutable_context()->set_purpose(v1::PURPOSE_MIGRATION_CONTROL);
  kgz_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "no");
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("USE_NOT_PERMITTED"));
  ASSERT_EQ(kgz_.uses.asked.size(), 1u);
  EXPECT_EQ(kgz_.uses.asked[0].context.purpose(), v1::PURPOSE_MIGRATION_CONTROL);
  EXPECT_EQ(kgz_.uses.asked[0].origin.partner, kKaz);
  EXPECT_EQ(FormatUuid(kgz_.uses.asked[0].origin.exchange_id), kaz_.Case(case_id).history(0).exchange_id());
  EXPECT_FALSE(kgz_.uses.asked[0].origin.own_asked);
  request.clear_context();
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("USE_NOT_PERMITTED"));
}

TEST_F(ReadmissionDeskTest, AnOwnCaseIsToldAtOnceButThePartnersReasonsOnlyForAPurpose) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, RefusalOf(case_id)));

  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  const auto bare = kaz_.desk.Get(kaz_.call, request);
  ASSERT_OK(bare);
  EXPECT_TRUE(kaz_.uses.asked.empty());
  EXPECT_EQ(bare->case_().state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_TRUE(bare->case_().has_application());
  EXPECT_EQ(bare->case_().history(2).reasons(), "");
  EXPECT_EQ(bare->case_().history(2).refusal_code(), v1::REFUSAL_CODE_UNSPECIFIED);
  EXPECT_EQ(kaz_.List().cases(0).history(2).reasons(), "");
  EXPECT_EQ(kaz_.Case(case_id).history(2).reasons(), RefusalOf(case_id).reasons());
  EXPECT_EQ(kaz_.uses.asked.size(), 1u);
}

TEST_F(ReadmissionDeskTest, TheDoorIsToldWhereAnAnswerTakesItsCaseFrom) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, Acceptance(case_id)));
  EXPECT_EQ(kaz_.door.asked[0].origin, std::nullopt);
  ASSERT_TRUE(kgz_.door.asked[0].origin.has_value());
  EXPECT_EQ(kgz_.door.asked[0].origin->partner, kKaz);
}

TEST_F(ReadmissionDeskTest, ErasureDeletesAPartnersCaseAndOfAnOwnOneTheAnswer) {
  const std::string case_id = Submitted();
  ASSERT_OK(kgz_.desk.Reply(kgz_.call, RefusalOf(case_id)));
  for (Node* node : {&kaz_, &kgz_}) {
    const std::vector<store::RecordRow> rows = node->RowsOf(case_id);
    auto effects = node->desk.HandleErasure({v1::Holding(), rows, clock_.Now()});
    ASSERT_OK(effects);
    ASSERT_OK(node->store.writer().Commit(*std::move(effects)));
  }
  const v1::ReadmissionCase own = kaz_.Case(case_id);
  EXPECT_EQ(own.state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_EQ(own.history(2).reasons(), "erased");
  EXPECT_EQ(own.history(2).refusal_code(), v1::REFUSAL_CODE_UNSPECIFIED);
  EXPECT_TRUE(own.has_application());
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("CASE_UNKNOWN"));
}

}  // namespace
}  // namespace tamga::readmission
