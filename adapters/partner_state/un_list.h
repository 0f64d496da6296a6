// The United Nations Security Council's consolidated list of sanctions, XML edition, as alerts.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "absl/status/status.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::adapters {

// An individual that could not be made into an alert.
struct RejectedRow {
  // Where its element begins, from 1.
  uint64_t line = 0;
  // Its reference on the list; "" if it has none.
  std::string reference;
  // Why, naming the element and never its content.
  std::string reason;
};

// What was read so far.
struct UnListCounts {
  uint64_t alerts = 0;
  uint64_t rejected = 0;
  // Organisations and companies: a border looks for people.
  uint64_t entities_skipped = 0;
};

// Who gets what is read, in the order of the list. `alert` may end the reading with an error; all are set.
struct UnListSink {
  std::function<absl::Status(v1::Alert)> alert;
  std::function<void(const RejectedRow&)> reject;
  // After each record.
  std::function<void(const UnListCounts&)> progress;
};

// Reads the list in constant memory. A row that is wrong in itself is rejected and the reading goes on. A file that is
// no such list, is damaged or ends early is InvalidArgument naming the line (see ReadXmlRecords), after the alerts
// before that place were delivered.
absl::Status ReadUnList(std::istream& input, const UnListSink& sink);

}  // namespace tamga::adapters
