// Comparing the own exchange log with a partner's: each side tells digests, and items only of the windows that differ.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/entry.h"
#include "node/ledger/sequencer.h"
#include "node/reconciliation/comparison.h"
#include "node/reconciliation/windows.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::reconciliation {

// All references outlive the reconciler.
struct ReconcilerParts {
  std::string own_agency;
  certs::Principal node;  // who asks the partner
  std::string log_origin;
  exchange::Asking& door;
  store::ReadableDb& database;
  store::Vault& vault;
  ledger::Sequencer& sequencer;
  const exchange::Pseudonyms& pseudonyms;
  const Clock& clock;
  absl::Duration partner_timeout;
};

// One comparison with a partner runs at a time on each side: each reads the log of its period, which may be large.
// Thread-safe.
class Reconciler final : public exchange::OperationHandler {
 public:
  explicit Reconciler(ReconcilerParts parts) : parts_(std::move(parts)) {}

  // Compares, logs the result here, and has the partner log it as well. INVALID_FIELD for a request that is not in
  // order; ResourceExhausted (COMPARISON_RUNNING) while another comparison with the partner runs; errors of the door
  // where the partner cannot be asked; Aborted (LOG_CHANGED) if either log has got new entries of the period meanwhile,
  // FailedPrecondition (PARTNER_LOG_INCONSISTENT) if the partner's answers contradict each other. That the partner did
  // not log the result is told in the response.
  absl::StatusOr<v1::ReconcileResponse> Reconcile(const exchange::Call& call, const v1::ReconcileRequest& request);

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;

 private:
  struct Run;
  class Place;

  absl::StatusOr<v1::LogReconciled> Ask(const Run& run, const v1::LogReconciliation& question,
                                        v1::ExchangeSummary* summary);
  // Compares a period, and each of its windows of which not all fitted into an answer by itself.
  absl::Status ComparePeriod(const Windows& windows, Run* run);
  // Of a window whose own items have this digest: what both sides have, and what differs from the partner's items.
  absl::Status TakeAsSame(const Windows& windows, size_t window, const v1::LogDigest& digest, Run* run);
  absl::Status CompareWindow(const Windows& windows, size_t window, const v1::LogDigest& digest,
                             const std::vector<Item>& theirs, Run* run);
  absl::StatusOr<v1::LogDifference> Describe(const Run& run, const Difference& difference) const;
  absl::StatusOr<v1::LogPosition> LogResult(const v1::LogComparison& result, v1::LogEntry entry) const;
  // The same once for each exchange, however often the partner's message comes.
  absl::StatusOr<v1::LogPosition> LogOnce(const v1::LogComparison& result, const v1::LogEntry& entry);
  v1::LogPosition PositionOf(uint64_t index) const;

  const ReconcilerParts parts_;
  Mutex logging_;  // held while a partner's result is logged
  Mutex mutex_;
  std::set<std::string> running_ ABSL_GUARDED_BY(mutex_);  // comparisons, by partner and side
};

}  // namespace tamga::reconciliation
