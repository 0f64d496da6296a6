// Applications and notices as the own agency's callers make and see them.
#include "node/readmission/readmission_desk.h"

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/readmission/test_desks.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

class ReadmissionDeskTest : public TwoDesksTest {};

TEST_F(ReadmissionDeskTest, SubmittedCaseIsReceivedOnBothSides) {
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  ASSERT_OK(response);
  const v1::ReadmissionCase& record = response->case_();
  EXPECT_EQ(record.state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(record.requesting_agency(), kKaz);
  EXPECT_EQ(record.requested_agency(), kKgz);
  EXPECT_EQ(record.treaty_id(), kTestTreatyId);
  EXPECT_EQ(record.treaty_version(), 1u);
  EXPECT_EQ(record.procedure(), v1::READMISSION_PROCEDURE_NORMAL);
  EXPECT_EQ(record.version(), 2u);
  ASSERT_EQ(record.history_size(), 2);
  EXPECT_EQ(record.history(0).state(), v1::READMISSION_STATE_SUBMITTED);
  EXPECT_EQ(record.history(0).actor(), kKaz);
  EXPECT_EQ(record.history(0).exchange_id(), response->exchange().exchange_id());
  EXPECT_EQ(record.history(0).delivery(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(record.history(1).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(record.history(1).actor(), kKgz);
  EXPECT_GT(FromProto(record.reply_due_at()), clock_.Now() + absl::Hours(24) * 25);
  EXPECT_LE(FromProto(record.reply_due_at()), clock_.Now() + absl::Hours(24) * 26);
  EXPECT_EQ(kgz_.Case(record.case_id()).version(), 1u);
  ExpectEqualHistories(record.case_id());
}

TEST_F(ReadmissionDeskTest, SafeguardsGoToThePolicyAndTheMessageSaysThatNothingStandsInTheWay) {
  const std::string case_id = Submitted();
  const exchange::Outgoing& asked = kaz_.door.asked.at(0);
  policy::Facts expected;
  expected.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  expected.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  EXPECT_EQ(asked.facts, expected);  // the minor's was left out, so it is unknown
  ASSERT_EQ(asked.body->GetTypeName(), "tamga.v1.ReadmissionSubmission");
  const auto& body = static_cast<const v1::ReadmissionSubmission&>(*asked.body);
  EXPECT_TRUE(body.checks().nothing_stands_in_the_way());
  EXPECT_TRUE(body.checks().has_at());
  EXPECT_EQ(asked.order_key, case_id);
  EXPECT_FALSE(kgz_.File(case_id).has_safeguards());
}

TEST_F(ReadmissionDeskTest, WhatAProtectionOfficerSetStopsTheApplicationInTheSameWordsWhateverItIs) {
  v1::ReadmissionSafeguards asylum, medical;
  asylum.set_asylum_claim_open(v1::TERNARY_YES);
  medical.set_medical_hold(v1::TERNARY_YES);
  std::vector<std::string> told;
  for (const v1::ReadmissionSafeguards& standing : {asylum, medical}) {
    kaz_.gate.standing = standing;
    const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
    EXPECT_THAT(response, HasReason("SAFEGUARD_STANDS"));
    told.emplace_back(response.status().message());
  }
  EXPECT_EQ(told[0], told[1]);
  kaz_.gate.standing.Clear();
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.mutable_safeguards()->set_medical_hold(v1::TERNARY_YES);
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("SAFEGUARD_STANDS"));
  EXPECT_TRUE(kaz_.CaseIds().empty());
  EXPECT_TRUE(kgz_.CaseIds().empty());
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

TEST_F(ReadmissionDeskTest, ANoticeIsSentAsSuchAndNeedsNoReply) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.set_procedure(v1::READMISSION_PROCEDURE_NOTICE);
  v1::TravelDocument& passport = *request.mutable_application()->add_documents();
  passport.set_kind("passport");
  passport.set_number("PE1234567");
  passport.set_issuing_state("KGZ");
  passport.mutable_expires_on()->set_year(2035);
  passport.mutable_expires_on()->set_month(1);
  passport.mutable_expires_on()->set_day(1);
  const auto response = kaz_.desk.Submit(kaz_.call, request);
  ASSERT_OK(response);
  EXPECT_EQ(kaz_.door.asked.at(0).operation, v1::OPERATION_READMISSION_NOTIFY);
  EXPECT_EQ(response->case_().state(), v1::READMISSION_STATE_NOTIFIED);
  EXPECT_FALSE(response->case_().has_reply_due_at());
  ExpectEqualHistories(response->case_().case_id());
}

TEST_F(ReadmissionDeskTest, EvidenceThatTheTreatyDoesNotKnowKeepsTheApplicationAtHome) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.mutable_application()->mutable_evidence(0)->set_kind("horoscope");
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("INVALID_FIELD"));
  request = GoodRequest();
  request.mutable_application()->set_category(v1::PERSON_CATEGORY_STATELESS);
  EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("TREATY_STEP"));
  EXPECT_TRUE(kaz_.CaseIds().empty());
  EXPECT_TRUE(kgz_.CaseIds().empty());
}

TEST_F(ReadmissionDeskTest, QueuedCaseIsSubmittedUntilReceiptIsProven) {
  kaz_.door.unreachable = true;
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  ASSERT_OK(response);
  EXPECT_EQ(response->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(response->case_().state(), v1::READMISSION_STATE_SUBMITTED);
  ASSERT_EQ(response->case_().history_size(), 1);
  EXPECT_EQ(response->case_().history(0).delivery(), v1::DELIVERY_STATE_QUEUED);
  clock_.Advance(absl::Hours(5));
  kaz_.door.DeliverWaiting();
  EXPECT_EQ(kaz_.Case(response->case_().case_id()).state(), v1::READMISSION_STATE_RECEIVED);
  ExpectEqualHistories(response->case_().case_id());
}

TEST_F(ReadmissionDeskTest, CaseThatExpiresInTheOutboxIsNotDelivered) {
  kaz_.door.unreachable = true;
  const std::string case_id = Submitted();
  kaz_.door.ExpireWaiting();
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_NOT_DELIVERED);
  const v1::FiledStep first = kaz_.File(case_id).first();
  EXPECT_EQ(first.failure(), "EXPIRED");
  EXPECT_EQ(first.delivery(), v1::DELIVERY_STATE_EXPIRED);
}

TEST_F(ReadmissionDeskTest, ForbiddenSubmissionLeavesNoCase) {
  kaz_.door.forbidden = Error(absl::StatusCode::kPermissionDenied, "FORBIDDEN", "art. 2 forbids");
  const auto response = kaz_.desk.Submit(kaz_.call, GoodRequest());
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(response, HasReason("FORBIDDEN"));
  EXPECT_TRUE(kaz_.CaseIds().empty());
}

TEST_F(ReadmissionDeskTest, DeniedSubmissionIsOnRecordAsNotDelivered) {
  for (const char* key : {"", "key-1"}) {
    SCOPED_TRACE(key);
    kaz_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
    v1::SubmitReadmissionRequest request = GoodRequest();
    request.mutable_context()->set_idempotency_key(key);
    EXPECT_THAT(kaz_.desk.Submit(kaz_.call, request), HasReason("NO_GRANT"));
    ASSERT_FALSE(kaz_.CaseIds().empty());
    const std::string case_id = kaz_.CaseIds().front();
    EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_NOT_DELIVERED);
    EXPECT_EQ(kaz_.File(case_id).first().failure(), "NO_GRANT");
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(kaz_.CaseIds().size(), 2u);
  EXPECT_TRUE(kgz_.CaseIds().empty());
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

TEST_F(ReadmissionDeskTest, RepeatedCallOfARefusedSubmissionIsToldTheSameAgain) {
  v1::SubmitReadmissionRequest request = GoodRequest();
  request.mutable_context()->set_idempotency_key("key-1");
  kaz_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
  const auto first = kaz_.desk.Submit(kaz_.call, request);
  kaz_.door.denied = absl::OkStatus();
  const auto second = kaz_.desk.Submit(kaz_.call, request);
  EXPECT_THAT(second, HasReason("NO_GRANT"));
  EXPECT_EQ(second.status().code(), first.status().code());
  EXPECT_EQ(second.status().message(), first.status().message());
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

TEST_F(ReadmissionDeskTest, AnAmendmentInMidCaseIsForNewCasesAlone) {
  const std::string before = Submitted();
  const std::string amended = AmendedTestTreatyText(HexEncode(Sha256(TestTreatyText())));
  treaties_.Replace(treaty::RatifiedLibrary({{TestTreatyText()}, {amended}}));
  ASSERT_OK(Act(kgz_, before, v1::READMISSION_STEP_KIND_VERIFY));
  EXPECT_EQ(kaz_.Case(before).treaty_version(), 1u);
  EXPECT_GT(FromProto(kaz_.Case(before).reply_due_at()), clock_.Now() + absl::Hours(24) * 24);
  ExpectEqualHistories(before);

  kaz_.door.decision.treaty_sha256 = Sha256(amended);
  const std::string after = Submitted();
  EXPECT_EQ(kaz_.Case(after).treaty_version(), 2u);
  EXPECT_LT(FromProto(kaz_.Case(after).reply_due_at()), clock_.Now() + absl::Hours(24) * 12);
  ExpectEqualHistories(after);
}

TEST_F(ReadmissionDeskTest, ATextThatIsGoneIsTheOperatorsToPutBack) {
  const std::string case_id = Submitted();
  treaties_.Replace(treaty::RatifiedLibrary({}));
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  EXPECT_THAT(kaz_.desk.Get(kaz_.call, request), HasReason("TREATY_TEXT_MISSING"));
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
        SubmitFault{"BadMedicalHold",
                    [](auto& request) { request.mutable_safeguards()->set_medical_hold(static_cast<v1::Ternary>(7)); },
                    "safeguards.medical_hold"},
        SubmitFault{"BadProcedure",
                    [](auto& request) { request.set_procedure(static_cast<v1::ReadmissionProcedure>(9)); },
                    "procedure"},
        SubmitFault{"AcceleratedWithoutDay",
                    [](auto& request) {
                      request.set_procedure(v1::READMISSION_PROCEDURE_ACCELERATED);
                      request.mutable_application()->set_apprehension("At Kordai.");
                    },
                    "application.known_on"},
        SubmitFault{"AcceleratedWithoutPlace",
                    [](auto& request) {
                      request.set_procedure(v1::READMISSION_PROCEDURE_ACCELERATED);
                      request.mutable_application()->set_known_on("2027-01-14");
                    },
                    "application.apprehension"},
        SubmitFault{"DayThatIsNone", [](auto& request) { request.mutable_application()->set_known_on("2027-02-30"); },
                    "application.known_on"},
        SubmitFault{"NoApplication", [](auto& request) { request.clear_application(); }, "category"}),
    [](const auto& test) { return test.param.name; });

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
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  ASSERT_OK(Act(kgz_, RefusalOf(case_id)));

  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  const auto bare = kaz_.desk.Get(kaz_.call, request);
  ASSERT_OK(bare);
  EXPECT_TRUE(kaz_.uses.asked.empty());
  EXPECT_EQ(bare->case_().state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_TRUE(bare->case_().has_application());
  const v1::ReadmissionEvent hidden = *bare->case_().history().rbegin();
  EXPECT_EQ(hidden.kind(), v1::READMISSION_STEP_KIND_REFUSE);
  EXPECT_EQ(hidden.reasons(), "");
  EXPECT_EQ(hidden.refusal_code(), v1::REFUSAL_CODE_UNSPECIFIED);
  EXPECT_EQ(hidden.step().reasons(), "");
  EXPECT_EQ(hidden.step().refusal_code(), v1::REFUSAL_CODE_UNSPECIFIED);
  EXPECT_EQ(kaz_.Case(case_id).history().rbegin()->reasons(), RefusalOf(case_id).step().reasons());
  EXPECT_EQ(kaz_.uses.asked.size(), 1u);
}

TEST_F(ReadmissionDeskTest, UnknownCaseCannotBeRead) {
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("CASE_UNKNOWN"));
  request.set_case_id("17");
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("INVALID_FIELD"));
}

TEST_F(ReadmissionDeskTest, AFormIsPrintedForAPurposeAlone) {
  v1::PrintReadmissionFormRequest request;
  request.set_case_id(Submitted());
  request.set_form(v1::READMISSION_FORM_APPLICATION);
  request.set_format(v1::FORM_FORMAT_HTML);
  request.set_language("en");
  EXPECT_THAT(kgz_.desk.Print(kgz_.call, request), HasReason("INVALID_FIELD"));
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  request.mutable_context()->set_case_reference("KG-R-5");
  request.set_language("EN");
  EXPECT_THAT(kgz_.desk.Print(kgz_.call, request), HasReason("INVALID_FIELD"));
  request.set_language("en");
  kgz_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "no");
  EXPECT_THAT(kgz_.desk.Print(kgz_.call, request), HasReason("USE_NOT_PERMITTED"));
}

}  // namespace
}  // namespace tamga::readmission
