// The table of commands that the ministry's case system and the adapter share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/interior_ministry/case_numbers.h"

namespace tamga::adapters {

// A row that waits to be done.
struct CommandRow {
  std::string key;                     // the same for this row for ever, and for no other
  std::optional<std::string> command;  // JSON; nothing: it is larger than 1 MiB
};

// What became of it.
struct RowOutcome {
  enum class State { kDone, kFailed, kWaits };
  State state = State::kWaits;
  std::string result;  // JSON; empty with kWaits
};

// Used by one thread.
class CommandTable {
 public:
  virtual ~CommandTable() = default;

  using Work = std::function<RowOutcome(const CommandRow&, CaseNumbers&)>;
  // Takes the first row that waits and whose id is greater than `after`, and writes the outcome in the transaction that
  // took it, together with what `work` makes the case numbers remember. A kill in between leaves the row as it was. The
  // row's id; nothing if there is no row, or others who hold it or do the same work were first. Unavailable if the
  // database is out of reach.
  virtual absl::StatusOr<std::optional<int64_t>> Take(int64_t after, const Work& work) = 0;

  // Waits until rows were added, as far as the database tells, and at most for `most`. Returns whether some were. The
  // same at once if the database is out of reach.
  virtual absl::StatusOr<bool> Wait(absl::Duration most) = 0;
};

}  // namespace tamga::adapters
