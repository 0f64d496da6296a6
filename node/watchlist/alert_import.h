// Taking in a list, message by message.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/watchlist/alert_book.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::watchlist {

// One import. Used by one thread at a time.
class AlertImport {
 public:
  // `book` outlives the import.
  explicit AlertImport(AlertBook& book) : book_(book) {}

  // Takes in the alerts of one message, in one commit. An alert that is not in order is rejected and named, without
  // what it says of a person; the others are kept. INVALID_FIELD if the message itself is not in order: no source in
  // the first one, another source in a later one, or more than 500 alerts.
  absl::Status Take(const v1::ImportAlertsRequest& request);

  // What became of all alerts so far.
  const v1::ImportAlertsResponse& result() const { return result_; }

 private:
  absl::Status CheckMessage(const v1::ImportAlertsRequest& request);
  void Reject(const std::string& alert_id, const std::string& reason);
  void Count(PutOutcome outcome, const std::string& alert_id);

  AlertBook& book_;
  std::string source_;
  v1::ImportAlertsResponse result_;
};

}  // namespace tamga::watchlist
