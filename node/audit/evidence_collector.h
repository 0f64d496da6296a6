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
// Of a message that came in again, the entries of each outcome that are in a bundle: one more says nothing new, and a
// partner could send it until the evidence against it does not fit.
inline constexpr int kMostRepetitions = 8;

// All references outlive the collector.
struct EvidenceParts {
  AuditedLog log;
  store::Vault& vault;
  const Clock& clock;
  // All texts and acts that the node holds, and the offices by which it believes them.
  std::function<v1::TreatyBundle()> treaties;
  std::vector<v1::TreatyOffice> offices;
  // The newest checkpoint that the quorum of witnesses has cosigned, with their cosignatures; empty if there is none.
  std::function<std::string()> witnessed_checkpoint = [] { return std::string(); };
  // The newest revocation lists (DER) of a State's authorities.
  std::function<std::vector<std::string>(const std::string& state)> revocations = [](const std::string&) {
    return std::vector<std::string>();
  };
  // The oldest time-stamp over at least so many entries, without hashes; NotFound if there is none.
  std::function<absl::StatusOr<v1::TimeStampEvidence>(uint64_t size)> timestamp_over = [](uint64_t) {
    return absl::NotFoundError("this log is not time-stamped");
  };
};

// Thread-safe.
class EvidenceCollector {
 public:
  explicit EvidenceCollector(EvidenceParts parts) : parts_(std::move(parts)) {}

  // Of what the caller may see (Visibility), all proven under one checkpoint: the witnessed one if it covers all that,
  // otherwise the newest. Messages come without payload, but for the receipt, which says nothing of
  // a person. Decisions, which hold facts about persons, only for auditors of the own State. Errors: INVALID_FIELD
  // unless exactly one of exchange and case is named; NotFound (EXCHANGE_UNKNOWN); ResourceExhausted
  // (EVIDENCE_TOO_LARGE) for more than fits; Cancelled once `stop` says that nobody waits for it any more.
  absl::StatusOr<v1::GetEvidenceResponse> Get(const certs::Principal& caller, const v1::GetEvidenceRequest& request,
                                              const std::function<bool()>& stop = nullptr) const;

 private:
  // What the log has of one exchange.
  struct Logged {
    std::string exchange_id;  // 16 bytes
    std::vector<store::EntryRow> rows;
  };

  // Ids of 16 bytes.
  absl::StatusOr<std::set<std::string>> ExchangesOf(const certs::Principal& caller,
                                                    const v1::GetEvidenceRequest& request,
                                                    const SignedCheckpoint& newest,
                                                    const std::function<bool()>& stop) const;
  // The entries below `size` that the caller may see.
  absl::StatusOr<Logged> ReadEntries(const std::string& exchange_id, const Visibility& visibility, uint64_t size) const;
  absl::StatusOr<SignedCheckpoint> ChooseCheckpoint(const std::vector<Logged>& logged,
                                                    const SignedCheckpoint& newest) const;
  // For each exchange the oldest time-stamp over its entries, with what ties it to the checkpoint.
  absl::Status AddTimestamps(const std::vector<Logged>& logged, const SignedCheckpoint& checkpoint,
                             v1::LogEvidence* log) const;
  absl::StatusOr<v1::ExchangeEvidence> EvidenceOf(const Logged& logged, bool with_decisions,
                                                  const std::string& checkpoint) const;
  // The lists of the States whose seals are in the bundle.
  void AddRevocations(const std::vector<Logged>& logged, v1::EvidenceBundle* bundle) const;
  absl::Status AddKept(const store::EntryRow& row, bool with_decisions, v1::ExchangeEvidence* evidence) const;

  const EvidenceParts parts_;
};

}  // namespace tamga::audit
