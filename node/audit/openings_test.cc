#include "node/audit/openings.h"

#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/test_pair.h"

namespace tamga::audit {
namespace {

using exchange::kKazakh;
using exchange::kKyrgyz;

class OpeningsTest : public testing::Test {
 protected:
  void SetUp() override {
    const exchange::AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz, "SPECIMEN");
    ASSERT_OK(asked.status);
    exchange_id_ = asked.exchange_id;
    request_.mutable_context()->set_purpose(v1::PURPOSE_AUDIT);
    request_.mutable_context()->set_case_reference("AUDIT-7");
    request_.set_exchange_id(FormatUuid(exchange_id_));
    request_.set_partner(kKyrgyz);
    request_.set_entry(v1::ENTRY_KIND_SENT);
  }

  absl::StatusOr<v1::OpenMessageResponse> Open() { return openings_.Open(auditor_, request_); }

  // The hash that the officer needs.
  std::string HashOf(const absl::Status& refused) {
    EXPECT_THAT(refused, HasReason("APPROVAL_REQUIRED"));
    return HexDecode(MetadataOf(refused)["request_sha256"]).value_or("");
  }
  absl::Status Agree(const std::string& hash, const certs::Principal& officer) {
    return approvals_.Approve(officer, hash).status();
  }
  static certs::Principal Officer(const std::string& name) { return {kKazakh, certs::Role::kOfficer, name}; }

  exchange::TestPair pair_{""};
  const exchange::Approvals approvals_{pair_.kazakh.parts()};
  const Openings openings_{pair_.kazakh.parts(), approvals_};
  certs::Principal auditor_{"KAZ/prosecutor-general", certs::Role::kAuditor, "auditor-1"};
  std::string exchange_id_;
  v1::OpenMessageRequest request_;
};

TEST_F(OpeningsTest, AMessageIsOpenedOnceForEachConsent) {
  const std::string hash = HashOf(Open().status());
  ASSERT_OK_AND_ASSIGN(const exchange::ApprovalPage waiting, approvals_.List(10, ""));
  ASSERT_EQ(waiting.approvals.size(), 1u);
  EXPECT_EQ(waiting.approvals[0].opens(), "SENT of " + FormatUuid(exchange_id_) + " with KGZ/interior-ministry");
  EXPECT_EQ(HashOf(Open().status()), hash);
  ASSERT_OK(Agree(hash, Officer("4712")));
  ASSERT_OK_AND_ASSIGN(const v1::OpenMessageResponse opened, Open());
  EXPECT_NE(opened.message().payload().find("SPECIMEN"), std::string::npos);
  const std::vector<v1::LogEntry> entries = pair_.kazakh.Entries();
  const v1::LogEntry& entry = entries.at(opened.own_log().index());
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_OPENED);
  EXPECT_EQ(entry.exchange_id(), exchange_id_);
  EXPECT_EQ(entry.partner(), auditor_.agency);
  EXPECT_EQ(entry.approval_sha256(), hash);
  EXPECT_EQ(entry.seal_sha256(), entries.at(0).seal_sha256());
  EXPECT_THAT(Open(), HasReason("APPROVAL_REQUIRED"));
}

TEST_F(OpeningsTest, AConsentIsForJustThisMessageAndAuditor) {
  ASSERT_OK(Agree(HashOf(Open().status()), Officer("4712")));
  request_.set_entry(v1::ENTRY_KIND_DELIVERED);
  EXPECT_THAT(Open(), HasReason("APPROVAL_REQUIRED"));
  request_.set_entry(v1::ENTRY_KIND_SENT);
  auditor_.name = "auditor-2";
  EXPECT_THAT(Open(), HasReason("APPROVAL_REQUIRED"));
}

TEST_F(OpeningsTest, AnAuditorDoesNotAgreeWithHimselfAsAnOfficer) {
  auditor_ = {kKazakh, certs::Role::kAuditor, "aliya"};
  const std::string hash = HashOf(Open().status());
  EXPECT_THAT(Agree(hash, Officer("aliya")), HasReason("SECOND_PERSON_REQUIRED"));
  EXPECT_OK(Agree(hash, Officer("4712")));
}

TEST_F(OpeningsTest, WhatWasErasedIsSaidToBeErased) {
  exchange::DoorParts& parts = pair_.kazakh.parts();
  ASSERT_OK_AND_ASSIGN(
      const exchange::KeptRow kept,
      exchange::FindAndRead(parts.database, parts.vault, {kKyrgyz, exchange_id_, v1::ENTRY_KIND_SENT}));
  ASSERT_OK(parts.sequencer.Commit(exchange::ErasePayload(kept, pair_.states.rng.Bytes(16), pair_.states.clock.Now())));
  EXPECT_THAT(Open(), HasReason("ERASED_ALREADY"));
}

TEST_F(OpeningsTest, WhoMayNotOrDoesNotSayWhatIsRefused) {
  auditor_.agency = "KGZ/prosecutor-general";
  EXPECT_THAT(Open(), HasReason("WRONG_STATE"));
  auditor_.agency = "KAZ/prosecutor-general";
  request_.set_entry(v1::ENTRY_KIND_RECEIVED);
  EXPECT_THAT(Open(), HasReason("MESSAGE_UNKNOWN"));
  request_.set_entry(v1::ENTRY_KIND_WITHHELD);
  EXPECT_THAT(Open(), HasReason("INVALID_FIELD"));
  request_.set_entry(v1::ENTRY_KIND_SENT);
  request_.set_partner("Kyrgyzstan");
  EXPECT_THAT(Open(), HasReason("INVALID_FIELD"));
  request_.set_partner(kKyrgyz);
  request_.set_exchange_id("7");
  EXPECT_THAT(Open(), HasReason("INVALID_FIELD"));
  request_.set_exchange_id(FormatUuid(exchange_id_));
  request_.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  EXPECT_THAT(Open(), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::audit
