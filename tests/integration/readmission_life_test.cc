// A case's whole life between two real nodes, what they refuse in it, and a treaty that is suspended in the middle.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/grpc_status.h"
#include "node/treaty/act_files.h"
#include "node/treaty/test_treaties.h"
#include "tamga/v1/treaty_service.grpc.pb.h"
#include "tests/federation/case_steps.h"
#include "tests/integration/case_desks.h"
#include "tests/integration/sealed_request.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;

constexpr uint32_t kPlentyMs = 20'000;  // a debug build on a busy machine is slow

struct Taken {
  const char* agency;
  v1::ReadmissionStepKind kind;
  v1::ReadmissionState leads_to;
};

class ReadmissionLifeTest : public CaseDesksTest {
 protected:
  void Walk(const std::string& case_id, const std::vector<Taken>& steps) {
    for (const Taken& step : steps) {
      SCOPED_TRACE(v1::ReadmissionStepKind_Name(step.kind));
      ExpectActed(step.agency, case_id, step.kind);
      ExpectOnBothSides(case_id, step.leads_to);
      if (HasFailure()) return;
    }
  }

  absl::StatusOr<v1::PrintReadmissionFormResponse> Print(const std::string& agency, const std::string& case_id,
                                                         v1::ReadmissionForm form, const std::string& language,
                                                         v1::FormFormat format) {
    v1::PrintReadmissionFormRequest request;
    request.set_case_id(case_id);
    *request.mutable_context() = CaseContext();
    request.set_form(form);
    request.set_language(language);
    request.set_format(format);
    v1::PrintReadmissionFormResponse response;
    const absl::Status status =
        exchange::FromGrpc(Desk(agency).PrintReadmissionForm(Patience().get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // Kazakhstan suspends readmission towards Kyrgyzstan, from today on.
  void Suspend() {
    const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
    const std::string instrument =
        absl::StrCat("state: \"KAZ\"\neffective_on: \"", absl::FormatCivilTime(today),
                     "\"\ncitation: \"Order 1\"\nsuspend { treaty_id: \"READMISSION-KAZ-KGZ\" }\n");
    ASSERT_OK_AND_ASSIGN(treaty::TreatySources sources,
                         treaty::ReadTreatyFolder(federation_->folder(kInterior) + "/treaties"));
    v1::PublishTreatiesRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_TREATY_ADMINISTRATION);
    *request.mutable_bundle()->add_acts() = treaty::SignNextAct("KAZ", sources.acts["KAZ"], instrument);
    v1::PublishTreatiesResponse response;
    const auto office = v1::TreatyService::NewStub(federation_->Connect(TreatyOfficerOf(kInterior), kInterior));
    ASSERT_OK(exchange::FromGrpc(office->PublishTreaties(Patience().get(), request, &response)));
    for (const v1::TreatyDelivery& delivery : response.deliveries()) {
      ASSERT_EQ(delivery.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED) << delivery.DebugString();
    }
  }

  absl::Status Apply(const std::string& from, const std::string& to) {
    v1::SubmitReadmissionResponse response;
    return exchange::FromGrpc(Desk(from).SubmitReadmission(Patience().get(), SampleSubmission(to), &response));
  }
};

TEST_F(ReadmissionLifeTest, ACaseGoesFromApplicationToHandOverAndBackAndBothSidesHoldTheSame) {
  StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}), kPlentyMs);
  const std::string case_id = Submit(3).case_id();  // without papers, so that an interview has its place
  ExpectOnBothSides(case_id, v1::READMISSION_STATE_RECEIVED);
  Walk(case_id, {{kKyrgyz, v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE, v1::READMISSION_STATE_RETURNED_INCOMPLETE},
                 {kInterior, v1::READMISSION_STEP_KIND_RESUBMIT, v1::READMISSION_STATE_RECEIVED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STATE_VERIFYING},
                 {kInterior, v1::READMISSION_STEP_KIND_ASK_INTERVIEW, v1::READMISSION_STATE_INTERVIEW_ASKED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_REPORT_INTERVIEW, v1::READMISSION_STATE_INTERVIEW_HELD},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_EXTEND, v1::READMISSION_STATE_EXTENDED},
                 {kInterior, v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STATE_ON_HOLD},
                 {kInterior, v1::READMISSION_STEP_KIND_RELEASE, v1::READMISSION_STATE_EXTENDED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_ACCEPT, v1::READMISSION_STATE_ACCEPTED},
                 {kInterior, v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT, v1::READMISSION_STATE_TRAVEL_DOC_ASKED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT, v1::READMISSION_STATE_TRAVEL_DOC_ISSUED},
                 {kInterior, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER, v1::READMISSION_STATE_TRANSFER_PROPOSED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_AGREE_TRANSFER, v1::READMISSION_STATE_TRANSFER_AGREED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_EXTEND_TRANSFER, v1::READMISSION_STATE_TRANSFER_AGREED},
                 {kInterior, v1::READMISSION_STEP_KIND_HAND_OVER, v1::READMISSION_STATE_TRANSFER_AGREED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_TAKE_OVER, v1::READMISSION_STATE_HANDED_OVER},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_CLAIM_ERROR, v1::READMISSION_STATE_ERROR_CLAIMED},
                 {kInterior, v1::READMISSION_STEP_KIND_TAKE_BACK, v1::READMISSION_STATE_TAKEN_BACK}});
  ExpectLogsIntact();
}

TEST_F(ReadmissionLifeTest, ApplicationAndDecisionArePrintedOnBothSides) {
  StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}), kPlentyMs);
  const std::string case_id = Submit(1).case_id();
  const absl::StatusOr<v1::PrintReadmissionFormResponse> undecided =
      Print(kInterior, case_id, v1::READMISSION_FORM_DECISION, "kk", v1::FORM_FORMAT_HTML);
  EXPECT_EQ(ReasonOf(undecided.status()), "NO_DECISION");
  Walk(case_id, {{kKyrgyz, v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STATE_VERIFYING},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_ACCEPT, v1::READMISSION_STATE_ACCEPTED}});
  for (const char* agency : {kInterior, kKyrgyz}) {
    for (const v1::ReadmissionForm form : {v1::READMISSION_FORM_APPLICATION, v1::READMISSION_FORM_DECISION}) {
      ASSERT_OK_AND_ASSIGN(const v1::PrintReadmissionFormResponse pdf,
                           Print(agency, case_id, form, "ru", v1::FORM_FORMAT_PDF));
      EXPECT_EQ(pdf.media_type(), "application/pdf");
      EXPECT_TRUE(absl::StartsWith(pdf.document(), "%PDF"));
      ASSERT_OK_AND_ASSIGN(const v1::PrintReadmissionFormResponse html,
                           Print(agency, case_id, form, "kk", v1::FORM_FORMAT_HTML));
      EXPECT_TRUE(absl::StrContains(html.document(), case_id));
    }
  }
}

TEST_F(ReadmissionLifeTest, AReplyToAnUnknownCaseToAnothersOrToAnAnsweredOneChangesNothing) {
  StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz, kUzbek}), kPlentyMs);
  const std::string case_id = Submit(1).case_id();
  Walk(case_id, {{kKyrgyz, v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STATE_VERIFYING},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_REFUSE, v1::READMISSION_STATE_REFUSED}});
  const absl::StatusOr<v1::ActOnReadmissionCaseResponse> again =
      Act(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  EXPECT_THAT(again.status(), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_EQ(ReasonOf(again.status()), "ILLEGAL_TRANSITION");

  // What no real node would send.
  ASSERT_OK_AND_ASSIGN(const auto kyrgyz, HandMadeNode::Create(*federation_, kKyrgyz, kInterior));
  ASSERT_OK_AND_ASSIGN(const auto uzbek, HandMadeNode::Create(*federation_, kUzbek, kInterior));
  v1::ReadmissionStep accept;
  accept.set_case_id(case_id);
  accept.set_kind(v1::READMISSION_STEP_KIND_ACCEPT);
  accept.set_number(3);
  accept.set_seen(1);
  *accept.mutable_at() = ToProto(absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())));
  const v1::ReadmissionCase seen = CaseAt(kInterior, case_id);
  for (const v1::ReadmissionEvent& event : seen.history()) {
    if (event.kind() == v1::READMISSION_STEP_KIND_RECEIVE) *accept.mutable_received_at() = event.at();
  }
  const auto refusal_of = [](HandMadeNode& node, const std::string& treaty_id, const v1::ReadmissionStep& step) {
    const absl::StatusOr<v1::ExchangeReply> reply =
        node.Ask(node.Seal(node.NewRequest(treaty_id, v1::OPERATION_READMISSION_REPLY, step)));
    EXPECT_OK(reply);
    return reply.ok() ? reply->refusal() : v1::Refusal();
  };
  EXPECT_EQ(refusal_of(*kyrgyz, "READMISSION-KAZ-KGZ", accept).reason(), "ILLEGAL_TRANSITION");
  v1::ReadmissionStep contradicting = accept;
  contradicting.set_number(2);
  EXPECT_EQ(refusal_of(*kyrgyz, "READMISSION-KAZ-KGZ", contradicting).reason(), "STEP_CONTRADICTS");
  v1::ReadmissionStep early = accept;
  early.set_number(4);
  EXPECT_EQ(refusal_of(*kyrgyz, "READMISSION-KAZ-KGZ", early).reason(), "OUT_OF_ORDER");
  v1::ReadmissionStep unknown = accept;
  unknown.set_case_id(FormatUuid(kyrgyz->NewExchangeId()));
  const v1::Refusal of_unknown = refusal_of(*uzbek, "READMISSION-KAZ-UZB", unknown);
  EXPECT_EQ(of_unknown.reason(), "CASE_UNKNOWN");
  // Whoever asks about another's case learns no more than of one that does not exist.
  const v1::Refusal of_anothers = refusal_of(*uzbek, "READMISSION-KAZ-UZB", accept);
  EXPECT_EQ(of_anothers.SerializeAsString(), of_unknown.SerializeAsString());

  ExpectOnBothSides(case_id, v1::READMISSION_STATE_REFUSED);
  ExpectLogsIntact();
}

TEST_F(ReadmissionLifeTest, ACaseGoesOnUnderTheLawOfItsSubmissionWhenTheTreatyIsSuspendedAndNoNewOneBegins) {
  StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}, Charter::kInForce), kPlentyMs);
  const std::string case_id = Submit(1).case_id();
  ExpectActed(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_VERIFY);
  Suspend();
  EXPECT_THAT(Apply(kInterior, kKyrgyz), StatusIs(StatusCode::kPermissionDenied));
  EXPECT_THAT(Apply(kKyrgyz, kInterior), StatusIs(StatusCode::kPermissionDenied));
  Walk(case_id, {{kKyrgyz, v1::READMISSION_STEP_KIND_ACCEPT, v1::READMISSION_STATE_ACCEPTED},
                 {kInterior, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER, v1::READMISSION_STATE_TRANSFER_PROPOSED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_AGREE_TRANSFER, v1::READMISSION_STATE_TRANSFER_AGREED},
                 {kKyrgyz, v1::READMISSION_STEP_KIND_TAKE_OVER, v1::READMISSION_STATE_TRANSFER_AGREED},
                 {kInterior, v1::READMISSION_STEP_KIND_HAND_OVER, v1::READMISSION_STATE_HANDED_OVER}});
  ExpectLogsIntact();
}

}  // namespace
}  // namespace tamga::testing
