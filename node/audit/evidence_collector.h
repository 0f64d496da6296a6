// What a node can give of its exchanges to somebody who will believe only proofs.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/audit/audited_log.h"
#include "node/base/clock.h"
#include "node/store/vault.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::audit {

// Most exchanges of one bundle, and most bytes: it has to fit into one answer.
inline constexpr size_t kMostExchanges = 100;
inline constexpr size_t kMostEvidenceBytes = 3u << 20;

// All references outlive the collector.
struct EvidenceParts {
  AuditedLog log;
  store::Vault& vault;
  const Clock& clock;
  // All texts and acts that the node holds, and the offices by which it believes them.
  std::function<v1::TreatyBundle()> treaties;
  std::vector<v1::TreatyOffice> offices;
};

// Thread-safe.
class EvidenceCollector {
 public:
  explicit EvidenceCollector(EvidenceParts parts) : parts_(std::move(parts)) {}

  // Of what the caller may see (Visibility). Messages come without payload, but for the receipt, which says nothing of
  // a person. Decisions, which hold facts about persons, only for auditors of the own State. Errors: INVALID_FIELD
  // unless exactly one of exchange and case is named; NotFound (EXCHANGE_UNKNOWN); ResourceExhausted
  // (EVIDENCE_TOO_LARGE) for more than fits; Cancelled once `stop` says that nobody waits for it any more.
  absl::StatusOr<v1::GetEvidenceResponse> Get(const certs::Principal& caller, const v1::GetEvidenceRequest& request,
                                              const std::function<bool()>& stop = nullptr) const;

 private:
  // Ids of 16 bytes.
  absl::StatusOr<std::set<std::string>> ExchangesOf(const certs::Principal& caller,
                                                    const v1::GetEvidenceRequest& request,
                                                    const SignedCheckpoint& newest,
                                                    const std::function<bool()>& stop) const;
  absl::StatusOr<v1::ExchangeEvidence> EvidenceOf(const std::string& exchange_id, const Visibility& visibility,
                                                  const SignedCheckpoint& newest) const;
  absl::Status AddKept(const store::EntryRow& row, bool with_decisions, v1::ExchangeEvidence* evidence) const;

  const EvidenceParts parts_;
};

}  // namespace tamga::audit
