// The parts of CheckBundle. Each adds its findings.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/evidence/bundle_check.h"
#include "node/evidence/findings.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/evidence.pb.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {

// An entry that its log proves.
struct ProvenEntry {
  std::string agency;
  v1::LogEntry entry;
  std::string bytes;
  uint64_t index = 0;
  bool is_receipt = false;
};

// "entry 42 of KAZ/border-service (SENT)".
std::string NameOf(const ProvenEntry& entry);

// A log's checkpoints (log_check.cc).
void CheckLogs(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings);
// The entries of an exchange; returns those that are proven.
std::vector<ProvenEntry> CheckEntries(const v1::ExchangeEvidence& exchange, const Anchors& anchors, Findings findings);

// What both sides' entries say of each other (agreement_check.cc).
void CheckAgreement(const std::vector<ProvenEntry>& entries, Findings findings);

// Messages, sealed and opened (seal_check.cc).
void CheckMessages(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                   const Anchors& anchors, const std::vector<v1::SealedMessage>& opened, Findings findings);

// The bundle's treaties, believed by the given offices (decision_check.cc).
absl::StatusOr<treaty::TreatyLibrary> CheckTreaties(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                                    Findings findings);
// What the entries rely on, and the decisions. `library` may be an error: then there is no law to decide by.
void CheckDecisions(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                    const absl::StatusOr<treaty::TreatyLibrary>& library, Findings findings);

}  // namespace tamga::evidence
