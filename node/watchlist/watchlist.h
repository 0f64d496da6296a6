// The watchlist: own and imported alerts, and checks of travellers against them and against the partners' lists.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/worker_pool.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/watchlist/alert_book.h"
#include "node/watchlist/alert_import.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::watchlist {

// Where a watchlist stands and what it works with. All references outlive it, but for `partner_calls`, which ends
// first: a call that comes too late for its check still goes through the door, which hands its end to the watchlist.
struct WatchlistParts {
  std::string own_agency;
  store::Records& records;
  store::EffectWriter& writer;
  exchange::Asking& door;
  const Clock& clock;
  WorkerPool& partner_calls;       // another pool than the one that calls the watchlist
  absl::Duration partner_timeout;  // for a check that names none
};

// Thread-safe.
class Watchlist final : public exchange::OperationHandler {
 public:
  explicit Watchlist(WatchlistParts parts);

  // Brings the stored alerts into memory. Call it once, before anything else.
  absl::Status Load() { return book_.Load(); }

  // Publishes or replaces an own alert. INVALID_FIELD if it is not in order, AlreadyExists (FOREIGN_ALERT) if the
  // identifier belongs to an imported one.
  absl::StatusOr<v1::PublishAlertResponse> Publish(const v1::PublishAlertRequest& request);
  // An own or an imported alert. ALERT_UNKNOWN if there is none.
  absl::StatusOr<v1::WithdrawAlertResponse> Withdraw(const v1::WithdrawAlertRequest& request);
  absl::StatusOr<v1::GetAlertResponse> Get(const v1::GetAlertRequest& request);
  // Outlived by the watchlist.
  AlertImport StartImport() { return AlertImport(book_); }

  // Checks the document, the own list and the partners' lists, those at the same time and no longer than asked for. A
  // partner that does not answer, or may not, is a source with that status, never an error.
  absl::StatusOr<v1::CheckTravellerResponse> CheckTraveller(const exchange::Call& call,
                                                            const v1::CheckTravellerRequest& request);

  // A partner's check against the own list, answered in full: the door cuts it down.
  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;

 private:
  void AskPartnersFor(const exchange::Call& call, const v1::CheckTravellerRequest& request,
                      v1::CheckTravellerResponse* response);

  const WatchlistParts parts_;
  AlertBook book_;
};

}  // namespace tamga::watchlist
