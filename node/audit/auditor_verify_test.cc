// The check of the whole log by its node: what it finds, and how many run at a time.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/running_audits.h"
#include "node/audit/test_auditor.h"
#include "node/base/matchers.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(AuditorTest, AnIntactLogIsFoundIntactByAnyAuditor) {
  log_.Add(kKyrgyz);
  log_.Add(kUzbek);
  for (const certs::Principal& caller : {own_, kyrgyz_}) {
    const std::vector<v1::VerifyLogResponse> sent = Verify(caller);
    ASSERT_FALSE(sent.empty());
    EXPECT_TRUE(sent.back().verdict().intact()) << sent.back().DebugString();
    EXPECT_EQ(sent.back().entries_checked(), 2u);
    EXPECT_EQ(sent.back().entries_total(), 2u);
    for (size_t i = 0; i + 1 < sent.size(); ++i) EXPECT_FALSE(sent[i].has_verdict());
  }
}

TEST_F(AuditorTest, ADamagedEntryIsNamedByIndexAndExchange) {
  log_.Add(kKyrgyz);
  const std::string exchange_id = log_.Add(kUzbek);
  log_.Add(kKyrgyz);
  log_.Damage(1);
  const v1::VerifyVerdict verdict = Verify(own_).back().verdict();
  EXPECT_FALSE(verdict.intact());
  ASSERT_FALSE(verdict.faults().empty());
  EXPECT_TRUE(verdict.faults(0).has_index());
  EXPECT_EQ(verdict.faults(0).index(), 1u);
  EXPECT_EQ(verdict.faults(0).exchange_id(), exchange_id);
  EXPECT_FALSE(verdict.faults(0).detail().empty());
}

TEST_F(AuditorTest, AnAuditDoesNotNameAThirdStatesExchange) {
  const std::string exchange_id = log_.Add(kUzbek);
  log_.Damage(0);
  const v1::VerifyVerdict verdict = Verify(kyrgyz_).back().verdict();
  ASSERT_GE(verdict.faults_size(), 1);
  for (const v1::LogFault& fault : verdict.faults()) {
    EXPECT_EQ(fault.exchange_id(), "");
    EXPECT_THAT(fault.detail(), Not(HasSubstr(exchange_id)));
    EXPECT_THAT(fault.detail(), Not(HasSubstr("UZB")));
  }
  EXPECT_EQ(Verify(uzbek_).back().verdict().faults(0).exchange_id(), exchange_id);
}

TEST_F(AuditorTest, ADamagedEntryStaysVisibleByItsBytes) {
  log_.Add(kKyrgyz);
  log_.Damage(0);
  v1::ProveInclusionRequest request;
  EXPECT_THAT(List(kyrgyz_), ElementsAre(0));
  ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionResponse response, auditor_.ProveInclusion(own_, request));
  ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(response.proof()));
  EXPECT_THAT(ledger::VerifyTlogProof(proof, response.entry_bytes(), log_.key(), certs::VerifyEd25519),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AuditorTest, RowsPutIntoTheFileByHandAreNamedAndNotShown) {
  const std::string exchange_id = log_.Add(kKyrgyz);
  log_.Add(kKyrgyz);
  log_.CopyRow(0, -5);
  log_.CopyRow(0, 2);
  EXPECT_THAT(List(own_), ElementsAre(1, 0));
  EXPECT_THAT(List(kyrgyz_), ElementsAre(1, 0));
  v1::GetExchangeRequest get;
  get.set_exchange_id(exchange_id);
  ASSERT_OK_AND_ASSIGN(const v1::GetExchangeResponse exchange, auditor_.GetExchange(own_, get));
  EXPECT_THAT(exchange.entries(), SizeIs(1));
  v1::ProveInclusionRequest prove;
  prove.set_index(2);
  EXPECT_THAT(auditor_.ProveInclusion(own_, prove), HasReason("ENTRY_UNKNOWN"));
  const v1::VerifyVerdict verdict = Verify(own_).back().verdict();
  EXPECT_FALSE(verdict.intact());
  ASSERT_THAT(verdict.faults(), SizeIs(2));
  EXPECT_THAT(verdict.faults(0).detail(), HasSubstr("index -5"));
  EXPECT_THAT(verdict.faults(1).detail(), HasSubstr("index 2"));
  for (const v1::LogFault& fault : verdict.faults()) EXPECT_FALSE(fault.has_index());
}

TEST_F(AuditorTest, AnAuditEndsWhenTheCallerIsGoneAndCanBeBegunAgain) {
  log_.Add(kKyrgyz);
  EXPECT_THAT(auditor_.VerifyLog(own_, [](const v1::VerifyLogResponse&) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(Verify(own_).back().verdict().intact());
}

TEST_F(AuditorTest, AnAgencyHasOneAuditAtATimeAndOthersTheirs) {
  log_.Add(kKyrgyz);
  const certs::Principal colleague = {own_.agency, certs::Role::kAuditor, "auditor-2"};
  EXPECT_OK(auditor_.VerifyLog(own_, [&](const v1::VerifyLogResponse&) {
    const absl::Status second = auditor_.VerifyLog(colleague, [](const v1::VerifyLogResponse&) { return true; });
    EXPECT_THAT(second, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait for its verdict")));
    EXPECT_THAT(second, HasReason("AUDIT_RUNNING"));
    EXPECT_TRUE(Verify(kyrgyz_).back().verdict().intact());
    return true;
  }));
  EXPECT_TRUE(Verify(colleague).back().verdict().intact());
}

TEST_F(AuditorTest, FewAuditsRunAtATime) {
  log_.Add(kKyrgyz);
  size_t refused_at = 0;
  // Each audit's progress begins the next agency's.
  const std::function<absl::Status(size_t)> audit = [&](size_t running) {
    const certs::Principal caller = AuditorOf(absl::StrCat("KAZ/prosecutor-", running));
    absl::Status next;
    const absl::Status status = auditor_.VerifyLog(caller, [&](const v1::VerifyLogResponse& response) {
      if (!response.has_verdict()) next = audit(running + 1);
      return true;
    });
    if (status.ok()) return next;
    EXPECT_THAT(status, HasReason("AUDIT_RUNNING"));
    refused_at = running;
    return status;
  };
  EXPECT_THAT(audit(0), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("ask again")));
  EXPECT_EQ(refused_at, kMostAudits);
  EXPECT_TRUE(Verify(own_).back().verdict().intact());
}

TEST_F(AuditorTest, OtherStatesAuditsLeaveTheOwnStateAPlace) {
  log_.Add(kKyrgyz);
  const auto during = [](const std::function<void()>& work) {
    return [work](const v1::VerifyLogResponse& response) {
      if (!response.has_verdict()) work();
      return true;
    };
  };
  const certs::Principal tajik = AuditorOf("TJK/prosecutor-general");
  EXPECT_OK(auditor_.VerifyLog(kyrgyz_, during([&] {
                                 EXPECT_OK(auditor_.VerifyLog(uzbek_, during([&] {
                                                                EXPECT_THAT(auditor_.VerifyLog(tajik, during([] {})),
                                                                            HasReason("AUDIT_RUNNING"));
                                                                EXPECT_OK(auditor_.VerifyLog(own_, during([] {})));
                                                              })));
                               })));
}

}  // namespace
}  // namespace tamga::audit
