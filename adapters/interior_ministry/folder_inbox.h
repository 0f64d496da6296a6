// Commands from the inbox of the drop folder.
//
// A file counts as complete when its size and time of change have stayed for `settle`; names that begin with a dot or
// end in ".tmp", ".part" or ".new" are never looked at. Files are taken in the order of their names. Each ends in one
// of two ways: done/NAME with outbox/NAME.ack.json, or failed/NAME with failed/NAME.error.json (or .xml). The
// acknowledgement or error is written first and the file moved after it, and a command has one effect however often it
// is done, so that a look which was cut off at any point is simply made again.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/interior_ministry/backoff.h"
#include "adapters/interior_ministry/case_numbers.h"
#include "adapters/interior_ministry/command_text.h"
#include "adapters/interior_ministry/desk.h"
#include "adapters/interior_ministry/folder.h"
#include "node/base/clock.h"
#include "node/base/rng.h"

namespace tamga::adapters {

inline constexpr size_t kMostInboxFiles = 10'000;     // that one look takes in
inline constexpr size_t kMaxCommandBytes = 1u << 20;  // of one file
inline constexpr size_t kMaxCommandNameBytes = 128;   // of one file's name

struct InboxRules {
  MinistryFormat format = MinistryFormat::kJson;  // of acknowledgements and errors
  absl::Duration poll = absl::Seconds(1);
  absl::Duration settle = absl::Seconds(2);
};

// Used by one thread.
class FolderInbox {
 public:
  // All references outlive this.
  FolderInbox(const InboxRules& rules, DropFolder& folder, MinistryDesk& desk, CaseNumbers& numbers, const Clock& clock,
              Rng& rng)
      : rules_(rules), folder_(folder), desk_(desk), numbers_(numbers), clock_(clock), backoff_(rng) {}

  // Looks once, and does what can be done. How long to wait until the next look: longer and longer while the node does
  // not answer or the folder cannot be used, which is logged.
  absl::Duration Look();

 private:
  struct Sight {
    FolderEntry entry;
    absl::Time since;
  };

  // Files that are complete, by name.
  absl::StatusOr<std::vector<FolderEntry>> Complete();
  // Why the look cannot go on; OK if it can, whatever became of the file. `waiting` are the order keys of commands
  // before it that have to wait.
  absl::Status Take(const FolderEntry& entry, std::set<std::string>& waiting);
  absl::StatusOr<v1::MinistryCommand> ReadCommand(const FolderEntry& entry, std::string* key);
  absl::Status Finish(const std::string& name, const v1::MinistryAcknowledgement& acknowledgement);
  absl::Status SetAside(const std::string& name, const absl::Status& why);

  const InboxRules rules_;
  DropFolder& folder_;
  MinistryDesk& desk_;
  CaseNumbers& numbers_;
  const Clock& clock_;
  Backoff backoff_;
  std::map<std::string, Sight> seen_;  // by name
};

}  // namespace tamga::adapters
