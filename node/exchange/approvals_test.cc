#include "node/exchange/approvals.h"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/exchange/refusal.h"
#include "node/exchange/test_node.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string FourEyes(const char* bearer, int officers) {
  return absl::StrCat("obligations { type: OBLIGATION_TYPE_FOUR_EYES bearer: ", bearer, " amount: ", officers, " }\n");
}

certs::Principal Officer(const std::string& agency, const std::string& name) {
  return {agency, certs::Role::kOfficer, name};
}

class ApprovalsTest : public ::testing::Test {
 protected:
  explicit ApprovalsTest(const std::string& obligations = FourEyes("BEARER_ASKER", 1)) : states_(obligations) {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const auto& request) {
                         ++handed_over_;
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
    kazakh_.AddPartner(
        kUzbek, std::make_unique<PeerFunction>([](const auto&) { return absl::UnavailableError("nobody is there"); }));
  }

  AskResult Ask() { return kazakh_.AskToTakeBack(kKyrgyz); }

  // The hash of the request that was refused for want of approvals.
  static std::string HashIn(const absl::Status& refusal) {
    EXPECT_THAT(refusal, HasReason("APPROVAL_REQUIRED"));
    return HexDecode(MetadataOf(refusal)["request_sha256"]).value();
  }

  absl::Status Approve(const std::string& officer, const std::string& hash) {
    return approvals_.Approve(Officer(kKazakh, officer), hash).status();
  }

  std::vector<v1::EntryKind> Kinds(TestNode& node) {
    std::vector<v1::EntryKind> kinds;
    for (const v1::LogEntry& entry : node.Entries()) kinds.push_back(entry.kind());
    return kinds;
  }

  TestStates states_;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  Approvals approvals_{kazakh_.parts()};
  std::atomic<int> handed_over_ = 0;
};

TEST_F(ApprovalsTest, NothingLeavesUntilAnotherOfficerAgrees) {
  const AskResult refused = Ask();
  EXPECT_THAT(refused.status, StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("0 of 1 officers agreed")));
  const std::string hash = HashIn(refused.status);
  EXPECT_EQ(refused.summary.delivery_state(), v1::DELIVERY_STATE_REFUSED);
  EXPECT_EQ(handed_over_, 0);
  ASSERT_EQ(HashIn(Ask().status), hash);

  ASSERT_OK(Approve("aliya", hash));
  EXPECT_EQ(handed_over_, 0);
  EXPECT_OK(Ask().status);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_THAT(Kinds(kazakh_), ElementsAre(v1::ENTRY_KIND_WITHHELD, v1::ENTRY_KIND_WITHHELD, v1::ENTRY_KIND_APPROVED,
                                          v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED));
  for (const v1::LogEntry& entry : kazakh_.Entries()) {
    EXPECT_EQ(entry.approval_sha256(), entry.kind() == v1::ENTRY_KIND_DELIVERED ? "" : hash);
    EXPECT_EQ(entry.reason(), entry.kind() == v1::ENTRY_KIND_WITHHELD ? "APPROVAL_REQUIRED" : "");
  }
  EXPECT_TRUE(kazakh_.VerifyLog().intact());
}

TEST_F(ApprovalsTest, WhatWasAgreedToServesOnce) {
  ASSERT_OK(Approve("aliya", HashIn(Ask().status)));
  ASSERT_OK(Ask().status);
  ASSERT_OK(Approve("aliya", HashIn(Ask().status)));
  EXPECT_OK(Ask().status);
  EXPECT_EQ(handed_over_, 2);
}

TEST_F(ApprovalsTest, OfTwoRepetitionsAtTheSameMomentOneGoesOut) {
  ASSERT_OK(Approve("aliya", HashIn(Ask().status)));
  std::vector<absl::Status> results(6);
  std::vector<std::thread> askers;
  for (absl::Status& result : results) askers.emplace_back([&] { result = Ask().status; });
  for (std::thread& asker : askers) asker.join();
  int passed = 0;
  for (const absl::Status& result : results) {
    passed += result.ok() ? 1 : 0;
    if (!result.ok()) HashIn(result);
  }
  EXPECT_EQ(passed, 1);
  EXPECT_EQ(handed_over_, 1);
}

TEST_F(ApprovalsTest, WhoeverAsksDoesNotAgree) {
  const std::string of_system = HashIn(Ask().status);
  EXPECT_THAT(Approve("1147", of_system), HasReason("SECOND_PERSON_REQUIRED"));
  Outgoing own = kazakh_.QuestionTo(kKyrgyz);
  own.caller = Officer(kKazakh, "aliya");
  own.context.set_officer("BOLAT");
  const std::string of_officer = HashIn(kazakh_.asking().Ask(own).status);
  EXPECT_NE(of_officer, of_system);
  EXPECT_THAT(Approve("aliya", of_officer), HasReason("SECOND_PERSON_REQUIRED"));
  EXPECT_THAT(Approve("bolat", of_officer), HasReason("SECOND_PERSON_REQUIRED"));
  EXPECT_THAT(kazakh_.asking().Ask(own).status, HasReason("APPROVAL_REQUIRED"));
  EXPECT_OK(Approve("1147", of_officer));
  // Under whatever role.
  own.caller = {kKazakh, certs::Role::kOperator, "chinara"};
  EXPECT_THAT(Approve("chinara", HashIn(kazakh_.asking().Ask(own).status)), HasReason("SECOND_PERSON_REQUIRED"));
}

TEST_F(ApprovalsTest, ASystemMustNameTheOfficerForWhomItAsks) {
  Outgoing nameless = kazakh_.QuestionTo(kKyrgyz);
  nameless.context.clear_officer();
  EXPECT_THAT(kazakh_.asking().Ask(nameless).status, HasReason("INVALID_FIELD"));
  // No certificate has such a name, so its bearer could not be told from another officer.
  nameless.context.set_officer("11/47");
  EXPECT_THAT(kazakh_.asking().Ask(nameless).status, HasReason("INVALID_FIELD"));
  nameless.context.clear_officer();
  nameless.caller = Officer(kKazakh, "aliya");
  EXPECT_THAT(kazakh_.asking().Ask(nameless).status, HasReason("APPROVAL_REQUIRED"));
}

TEST_F(ApprovalsTest, AnotherRequestNeedsApprovalsOfItsOwn) {
  ASSERT_OK(Approve("aliya", HashIn(Ask().status)));
  const std::vector<std::function<void(Outgoing&)>> changes = {
      [](Outgoing& question) { question.to = kUzbek; },
      [](Outgoing& question) { question.caller.name = "other"; },
      [](Outgoing& question) { question.context.set_officer("1148"); },
      [](Outgoing& question) { question.context.set_case_reference("TEST-2"); },
      [](Outgoing& question) { question.context.set_emergency_ground(v1::EMERGENCY_GROUND_LIFE_AT_RISK); },
      [](Outgoing& question) {
        auto body = std::make_shared<v1::ReadmissionSubmission>();
        body->set_case_id("other");
        question.body = body;
      },
      [](Outgoing& question) { question.content = "other"; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    Outgoing question = kazakh_.QuestionTo(kKyrgyz);
    changes[i](question);
    EXPECT_THAT(kazakh_.asking().Ask(question).status, HasReason("APPROVAL_REQUIRED")) << i;
  }
  Outgoing repeated = kazakh_.QuestionTo(kKyrgyz);
  repeated.context.set_idempotency_key("another-key");
  EXPECT_OK(kazakh_.asking().Ask(repeated).status);
}

TEST_F(ApprovalsTest, WhatStandsForTheContentsMayBeGivenApartFromTheBody) {
  Outgoing question = kazakh_.QuestionTo(kKyrgyz);
  question.content = "the same application";
  ASSERT_OK(Approve("aliya", HashIn(kazakh_.asking().Ask(question).status)));
  auto body = std::make_shared<v1::ReadmissionSubmission>();
  body->set_case_id("made anew");
  question.body = body;
  EXPECT_OK(kazakh_.asking().Ask(question).status);
}

TEST_F(ApprovalsTest, ApprovalsLapseADayAfterTheFirstAsking) {
  const std::string hash = HashIn(Ask().status);
  ASSERT_OK(Approve("aliya", hash));
  states_.clock.Advance(kApprovalLife);
  EXPECT_THAT(approvals_.List(10, "").value().approvals, ElementsAre());
  EXPECT_THAT(Approve("bolat", hash), HasReason("APPROVAL_UNKNOWN"));
  EXPECT_EQ(HashIn(Ask().status), hash);
  ASSERT_EQ(approvals_.List(10, "").value().approvals.size(), 1u);
  EXPECT_EQ(approvals_.List(10, "").value().approvals[0].approved_by_size(), 0);
  states_.clock.Advance(kApprovalLife - absl::Seconds(1));
  ASSERT_OK(Approve("aliya", hash));
  EXPECT_OK(Ask().status);
}

TEST_F(ApprovalsTest, WhatHasLapsedIsRemovedAndNothingElse) {
  HashIn(Ask().status);
  states_.clock.Advance(kApprovalLife - absl::Hours(1));
  Outgoing later = kazakh_.QuestionTo(kKyrgyz);
  later.context.set_case_reference("LATER");
  const std::string hash = HashIn(kazakh_.asking().Ask(later).status);
  states_.clock.Advance(absl::Hours(1));
  ASSERT_OK(approvals_.RemoveLapsed());
  store::Records records(kazakh_.parts().database, kazakh_.parts().vault, kazakh_.parts().rng);
  ASSERT_OK_AND_ASSIGN(const store::RecordList left, records.List("approval", 10, ""));
  ASSERT_EQ(left.records.size(), 1u);
  EXPECT_EQ(left.records[0].id, HexEncode(hash));
}

TEST_F(ApprovalsTest, AreListedByWhenTheyLapseInPages) {
  std::vector<std::string> references;
  for (const char* reference : {"C", "A", "B"}) {
    Outgoing question = kazakh_.QuestionTo(kKyrgyz);
    question.context.set_case_reference(reference);
    HashIn(kazakh_.asking().Ask(question).status);
    states_.clock.Advance(absl::Seconds(1));
  }
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const ApprovalPage page, approvals_.List(2, token));
    for (const v1::PendingApproval& approval : page.approvals) {
      references.push_back(approval.case_reference());
      EXPECT_EQ(approval.asker_agency(), kKazakh);
      EXPECT_EQ(approval.answerer_agency(), kKyrgyz);
      EXPECT_EQ(approval.officer(), "1147");
      EXPECT_EQ(approval.needed(), 1u);
      EXPECT_EQ(FromProto(approval.lapses_at()) - FromProto(approval.asked_at()), kApprovalLife);
    }
    token = page.next_page_token;
  } while (!token.empty());
  EXPECT_THAT(references, ElementsAre("C", "A", "B"));
  EXPECT_THAT(approvals_.List(2, "x"), HasReason("INVALID_FIELD"));
}

TEST_F(ApprovalsTest, AHashThatNothingWaitsUnderIsRefused) {
  EXPECT_THAT(Approve("aliya", "short"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Approve("aliya", std::string(32, 'h')), HasReason("APPROVAL_UNKNOWN"));
  EXPECT_THAT(Kinds(kazakh_), ElementsAre());
}

class TwoOfficersTest : public ApprovalsTest {
 protected:
  TwoOfficersTest() : ApprovalsTest(FourEyes("BEARER_ASKER", 2)) {}
};

TEST_F(TwoOfficersTest, EachOfficerCountsOnce) {
  const std::string hash = HashIn(Ask().status);
  ASSERT_OK(Approve("aliya", hash));
  EXPECT_THAT(Approve("aliya", hash), HasReason("ALREADY_APPROVED"));
  EXPECT_THAT(Ask().status, StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("1 of 2 officers agreed")));
  ASSERT_OK(Approve("bolat", hash));
  EXPECT_OK(Ask().status);
}

TEST_F(TwoOfficersTest, WhatOfficersAgreeToAtTheSameMomentAllCounts) {
  const std::string hash = HashIn(Ask().status);
  std::vector<absl::Status> results(8);
  std::vector<std::thread> officers;
  for (size_t i = 0; i < results.size(); ++i) {
    officers.emplace_back([&, i] { results[i] = Approve(absl::StrCat("officer-", i), hash); });
  }
  for (std::thread& officer : officers) officer.join();
  for (const absl::Status& result : results) EXPECT_OK(result);
  EXPECT_EQ(approvals_.List(10, "").value().approvals.at(0).approved_by_size(), 8);
}

// The answering side's officers agree to what it tells.
class AnsweringApprovalsTest : public ApprovalsTest {
 protected:
  AnsweringApprovalsTest() : ApprovalsTest(FourEyes("BEARER_ANSWERER", 1)) {}

  Approvals of_kyrgyz_{kyrgyz_.parts()};
};

TEST_F(AnsweringApprovalsTest, APartnerIsServedOnceOfficersHereAgree) {
  const AskResult refused = Ask();
  EXPECT_THAT(refused.status, HasReason("APPROVAL_REQUIRED"));
  EXPECT_EQ(MetadataOf(refused.status)["refused_by"], kKyrgyz);
  ASSERT_OK_AND_ASSIGN(const ApprovalPage page, of_kyrgyz_.List(10, ""));
  ASSERT_EQ(page.approvals.size(), 1u);
  const std::string hash = page.approvals[0].request_sha256();
  // That the partner's officer has the same number as one of ours says nothing.
  ASSERT_OK(of_kyrgyz_.Approve(Officer(kKyrgyz, "1147"), hash));
  EXPECT_OK(Ask().status);
  EXPECT_THAT(Ask().status, HasReason("APPROVAL_REQUIRED"));

  const std::vector<v1::LogEntry> entries = kyrgyz_.Entries();
  ASSERT_EQ(entries.size(), 7u);
  EXPECT_EQ(entries[1].reason(), "APPROVAL_REQUIRED");
  EXPECT_EQ(entries[1].outcome(), v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(entries[2].kind(), v1::ENTRY_KIND_APPROVED);
  EXPECT_EQ(entries[4].kind(), v1::ENTRY_KIND_ANSWERED);
  EXPECT_EQ(entries[4].outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  for (const size_t index : {1, 2, 4, 6}) EXPECT_EQ(entries[index].approval_sha256(), hash) << index;
}

TEST_F(AnsweringApprovalsTest, OfASecretRecordThePartnerIsNotToldThatOfficersMustAgree) {
  kyrgyz_.handler().refusal = NotServed();
  const absl::Status of_nothing = Ask().status;
  kyrgyz_.handler().refusal = absl::OkStatus();
  kyrgyz_.handler().is_secret = true;
  const absl::Status of_a_secret = Ask().status;
  EXPECT_THAT(of_a_secret, HasReason("NOT_SERVED"));
  EXPECT_EQ(of_a_secret.message(), of_nothing.message());
  EXPECT_EQ(kyrgyz_.Entries().back().approval_sha256(), "") << "the partner's auditors see it";
  ASSERT_OK_AND_ASSIGN(const ApprovalPage page, of_kyrgyz_.List(10, ""));
  ASSERT_EQ(page.approvals.size(), 1u);
  ASSERT_OK(of_kyrgyz_.Approve(Officer(kKyrgyz, "aliya"), page.approvals[0].request_sha256()));
  EXPECT_OK(Ask().status);
}

TEST_F(AnsweringApprovalsTest, NoPartnerFillsTheListOfOfficers) {
  Outgoing question = kazakh_.QuestionTo(kKyrgyz);
  for (size_t i = 0; i < kMostWaitingOfPartner + 5; ++i) {
    question.context.set_case_reference(absl::StrCat("CASE-", i));
    EXPECT_THAT(kazakh_.asking().Ask(question).status, HasReason("APPROVAL_REQUIRED"));
  }
  ASSERT_OK_AND_ASSIGN(const ApprovalPage page, of_kyrgyz_.List(1000, ""));
  EXPECT_EQ(page.approvals.size(), kMostWaitingOfPartner);
}

TEST_F(AnsweringApprovalsTest, ThePartnerIsNotToldWhoHasToAgreeToWhat) {
  const absl::Status refused = Ask().status;
  EXPECT_EQ(MetadataOf(refused).count("missing"), 0u);
  EXPECT_EQ(MetadataOf(refused).count("articles"), 0u);
  EXPECT_EQ(MetadataOf(refused).count("request_sha256"), 0u);
}

}  // namespace
}  // namespace tamga::exchange
