// Commands from the table.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/interior_ministry/backoff.h"
#include "adapters/interior_ministry/command_table.h"
#include "adapters/interior_ministry/desk.h"
#include "node/base/rng.h"

namespace tamga::adapters {

// Rows are done in the order of their ids. Used by one thread.
class TableInbox {
 public:
  // All references outlive this. `poll` is the longest time between two looks.
  TableInbox(absl::Duration poll, CommandTable& table, MinistryDesk& desk, Rng& rng)
      : poll_(poll), table_(table), desk_(desk), backoff_(rng) {}

  // Goes through the table once, and does what can be done. How long to wait until the next time: longer and longer
  // while the node or the database does not answer, which is logged.
  absl::Duration Look();

 private:
  // `waiting` are the order keys of commands before it that have to wait. `why` is set if it has to wait, too.
  RowOutcome Do(const CommandRow& row, CaseNumbers& numbers, std::set<std::string>& waiting, absl::Status* why);

  const absl::Duration poll_;
  CommandTable& table_;
  MinistryDesk& desk_;
  Backoff backoff_;
};

}  // namespace tamga::adapters
