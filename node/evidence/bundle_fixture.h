// For tests: evidence of an exchange between two nodes in one process, as auditors of both States get it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/evidence_collector.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/evidence/bundle.h"
#include "node/evidence/bundle_check.h"
#include "node/evidence/test_log.h"
#include "node/exchange/test_pair.h"

namespace tamga::evidence {

using exchange::AskResult;
using exchange::kKazakh;
using exchange::kKyrgyz;
using exchange::TestNode;

inline auto Has(Verdict verdict) { return ::testing::Field(&Finding::verdict, verdict); }
inline auto Has(Verdict verdict, const std::string& what, const char* why = "") {
  return ::testing::AllOf(Has(verdict), ::testing::Field(&Finding::what, ::testing::HasSubstr(what)),
                          ::testing::Field(&Finding::why, ::testing::HasSubstr(why)));
}

// Kazakhstan asked Kyrgyzstan, and auditors of both States asked their own State's node for the evidence.
class BundleCheckTest : public ::testing::Test {
 protected:
  // `obligations`: as of TestPair.
  explicit BundleCheckTest(const std::string& obligations = "") : pair_(obligations) {}

  void SetUp() override {
    asked_ = pair_.kazakh.AskToTakeBack(kKyrgyz, "SPECIMEN");
    ASSERT_OK(asked_.status);
    anchors_.trust = pair_.states.trust().Get();
    anchors_.logs = {{kKazakh, pair_.kazakh.log_key()}, {kKyrgyz, pair_.kyrgyz.log_key()}};
    anchors_.offices = treaty::TestOffices({"KAZ", "KGZ", "UZB"});
  }

  v1::TreatyBundle Treaties() {
    v1::TreatyBundle bundle;
    for (const auto& [unused, text] : pair_.states.sources.texts) bundle.add_treaties(text);
    for (const auto& [unused, acts] : pair_.states.sources.acts) bundle.mutable_acts()->Add(acts.begin(), acts.end());
    return bundle;
  }

  absl::StatusOr<v1::EvidenceBundle> Ask(TestNode& node, const std::string& agency, const std::string& auditor,
                                         const v1::GetEvidenceRequest& request) {
    exchange::DoorParts& parts = node.parts();
    const audit::EvidenceCollector collector(
        {{agency, node.log_key(), parts.database, parts.log_reader, parts.sequencer, parts.pseudonyms},
         parts.vault,
         pair_.states.clock,
         [this] { return Treaties(); },
         {},
         [this] { return witnessed_; },
         [this](const std::string& state) { return lists_[state]; }});
    ASSIGN_OR_RETURN(v1::GetEvidenceResponse response,
                     collector.Get({auditor, certs::Role::kAuditor, "auditor-1"}, request));
    return std::move(*response.mutable_bundle());
  }

  static v1::GetEvidenceRequest ExchangeOf(const AskResult& asked) {
    v1::GetEvidenceRequest request;
    request.set_exchange_id(FormatUuid(asked.exchange_id));
    return request;
  }
  v1::GetEvidenceRequest TheExchange() const { return ExchangeOf(asked_); }

  v1::EvidenceBundle OfKazakhstan() {
    return Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", TheExchange()).value();
  }
  v1::EvidenceBundle OfBoth() {
    return Merge(OfKazakhstan(), Ask(pair_.kyrgyz, kKyrgyz, "KGZ/prosecutor-general", TheExchange()).value());
  }

  std::vector<Finding> Check(const v1::EvidenceBundle& bundle, const std::vector<v1::SealedMessage>& opened = {}) {
    return CheckBundle(bundle, anchors_, opened);
  }

  // The bundle as it would be if the agency had logged this instead, and `more` after it, and proved it.
  v1::EvidenceBundle Relogged(v1::EvidenceBundle bundle, const std::string& agency,
                              const std::function<void(v1::LogEntry&)>& change,
                              const std::vector<v1::LogEntry>& more = {}) {
    auto& entries = *bundle.mutable_exchanges(0)->mutable_entries();
    std::vector<v1::EntryEvidence> others;
    std::vector<v1::LogEntry> logged;
    for (const v1::EntryEvidence& evidence : entries) {
      if (evidence.agency() != agency) {
        others.push_back(evidence);
      } else if (!evidence.is_receipt()) {
        EXPECT_TRUE(logged.emplace_back().ParseFromString(evidence.entry()));
        change(logged.back());
      }
    }
    logged.insert(logged.end(), more.begin(), more.end());
    for (const v1::LogEntry& entry : logged) relogged_.Append(entry.SerializeAsString());
    entries.Assign(others.begin(), others.end());
    for (uint64_t i = 0; i < relogged_.size(); ++i) *entries.Add() = ProvenIn(relogged_, agency, i);
    for (v1::LogEvidence& log : *bundle.mutable_logs()) {
      if (log.agency() != agency) continue;
      log.set_vkey(ledger::FormatVkey(relogged_.key()));
      log.set_checkpoint(relogged_.NoteAt(relogged_.size()));
    }
    anchors_.logs[agency] = relogged_.key();
    return bundle;
  }

  static v1::EntryEvidence ProvenIn(TestLog& log, const std::string& agency, uint64_t index) {
    v1::EntryEvidence evidence;
    evidence.set_agency(agency);
    evidence.set_entry(log.entry(index));
    evidence.set_proof(log.ProofOf(index, log.size()));
    return evidence;
  }

  exchange::TestPair pair_;
  AskResult asked_;
  Anchors anchors_;
  std::string witnessed_;                                  // what the nodes say of their witnesses
  std::map<std::string, std::vector<std::string>> lists_;  // revocation lists that the nodes hold, by State
  TestLog relogged_{"log.test.example/exchange", 'f'};
};

}  // namespace tamga::evidence
