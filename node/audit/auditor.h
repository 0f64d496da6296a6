// What an auditor may see of the exchange log, and how it is proven to him.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/audit/audited_log.h"
#include "node/audit/running_audits.h"
#include "node/base/text.h"
#include "node/ledger/log_verifier.h"
#include "node/ledger/tile_paths.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// An auditor sees what Visibility says, and for all other entries gets the answers that he would get if they did not
// exist. Which agencies' auditors are served at all is decided before (exchange::CheckAccess), and that they read is
// logged by whoever hands out the answers (ReadingLog). Thread-safe.
class Auditor {
 public:
  explicit Auditor(AuditedLog log) : log_(std::move(log)), running_(StateOf(log_.own_agency)) {}

  // Whether nobody waits for the answer any more; asked now and then by what may take long, which then ends
  // (Cancelled).
  using Stop = std::function<bool()>;

  // Errors of VisibleFilter; INVALID_FIELD for a page size above 500 or a page token of another list.
  absl::StatusOr<v1::ListEntriesResponse> ListEntries(const certs::Principal& caller,
                                                      const v1::ListEntriesRequest& request,
                                                      const Stop& stop = nullptr) const;

  // Of the visible entries. INVALID_FIELD for what is not in order, and for a period that has too many counts.
  absl::StatusOr<v1::GetStatisticsResponse> GetStatistics(const certs::Principal& caller,
                                                          const v1::GetStatisticsRequest& request,
                                                          const Stop& stop = nullptr) const;

  // INVALID_FIELD for an id that is no UUIDv7, NotFound (EXCHANGE_UNKNOWN) if the caller may see none of its entries.
  absl::StatusOr<v1::GetExchangeResponse> GetExchange(const certs::Principal& caller,
                                                      const v1::GetExchangeRequest& request) const;

  v1::GetCheckpointResponse GetCheckpoint() const;

  // NotFound (ENTRY_UNKNOWN) if there is no such entry that the caller may see, DataLoss if the log is damaged; errors
  // of CheckpointOfSize (audited_log.h) for the tree's size, and INVALID_FIELD for an entry beyond it.
  absl::StatusOr<v1::ProveInclusionResponse> ProveInclusion(const certs::Principal& caller,
                                                            const v1::ProveInclusionRequest& request) const;

  // INVALID_FIELD unless 1 <= old_size <= the new size; errors of CheckpointOfSize (audited_log.h) for that one.
  absl::StatusOr<v1::ProveConsistencyResponse> ProveConsistency(const v1::ProveConsistencyRequest& request) const;

  // What each path (tile_paths.h) names, at least one and as many of the next ones as fit into half a MiB: the caller
  // asks again for the rest. INVALID_FIELD for a bad path or more than 64; errors of ReadTile.
  absl::StatusOr<v1::GetTilesResponse> GetTiles(const certs::Principal& caller,
                                                const v1::GetTilesRequest& request) const;

  // What `path` names under the newest checkpoint. NotFound (TILE_UNKNOWN) if that implies no such tile,
  // PermissionDenied (ENTRIES_WITHHELD) for a bundle, which holds the entries of all exchanges, unless the caller is an
  // auditor of the own State; DataLoss if the log is damaged.
  absl::StatusOr<std::string> ReadTile(const certs::Principal& caller, const ledger::TilePath& path) const;

  // Takes one message and does not wait until the caller has it; false if the caller is gone or takes none.
  using Send = std::function<bool(const v1::VerifyLogResponse&)>;

  // Audits the whole log: sends progress and, last, the verdict. Every auditor may, since the tree is one for all
  // States; exchanges that the caller may not see are not named. One audit at a time for each agency, and few in all,
  // fewer for other States (running_audits.h): ResourceExhausted (AUDIT_RUNNING) for one more. Cancelled if `send` says
  // so.
  absl::Status VerifyLog(const certs::Principal& caller, const Send& send) const;

 private:
  // Without the exchange's id, unless the caller may see its entry.
  v1::LogFault Describe(const certs::Principal& caller, const ledger::LogFault& fault) const;
  // False also for an entry that cannot be read.
  bool MaySee(const certs::Principal& caller, uint64_t index) const;

  const AuditedLog log_;
  mutable RunningAudits running_;
};

}  // namespace tamga::audit
