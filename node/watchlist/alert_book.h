// The alerts of this node: durable as records, and in memory to be found fast. Both are changed together.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/store/records.h"
#include "node/watchlist/alert_index.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::watchlist {

// Kind of the records that hold alerts.
inline constexpr char kAlertKind[] = "alert";

// What became of an alert that was put in.
enum class PutOutcome {
  kCreated,
  kUpdated,
  kUnchanged,  // it was there already, word for word
  kForeign     // not put in: another issuer has an alert of this identifier
};

// Thread-safe. Changes come one after the other; reads never wait for them.
class AlertBook {
 public:
  // All references outlive the book.
  AlertBook(store::Records& records, store::EffectWriter& writer, const Clock& clock)
      : records_(records), writer_(writer), clock_(clock) {}

  // Brings the stored alerts into memory. Call it once, before anything else.
  absl::Status Load();

  // Puts in alerts of one issuer, all or (with an error) none. Their identifiers differ from each other. The outcomes
  // are in the order of the alerts.
  absl::StatusOr<std::vector<PutOutcome>> Put(const std::vector<v1::Alert>& alerts);

  // ALERT_UNKNOWN if there is none.
  absl::Status Remove(const std::string& alert_id);
  absl::StatusOr<v1::Alert> Get(const std::string& alert_id) const;

  // The alerts that may be about the traveller, in full.
  absl::StatusOr<v1::WatchlistAnswer> Find(const v1::TravellerQuery& traveller) const;

 private:
  store::Records& records_;
  store::EffectWriter& writer_;
  const Clock& clock_;
  Mutex change_;  // held from reading a version to having changed the index, so that the index never falls behind
  AlertIndex index_;
};

}  // namespace tamga::watchlist
