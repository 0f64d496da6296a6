// What a node, or tamga-authority, knows of the time beyond its own life: two small files in its data folder. One says
// what time it was, so that a clock that jumps while the node is down, or is held to have jumped when the node ends, is
// not believed after a restart. The other is the operator's word that the clock is right.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock_watch.h"

namespace tamga::node {

// How far the operator's word and the machine's clock may differ, and for how long the word holds until a node takes
// it.
inline constexpr absl::Duration kClockWordLife = absl::Minutes(10);

// For a node whose data are in `folder`: accepts the machine's clock, which says `clock`, as it is. FailedPrecondition
// unless a node has run there.
absl::Status AcceptClock(const std::string& folder, absl::Time clock);

// A number that the machine has until it is started again; empty if it tells none.
std::string ReadBootId();

// Not thread-safe.
class ClockKeeper {
 public:
  struct Parts {
    std::string folder;   // the data's
    std::string boot_id;  // ReadBootId()
    const Clock& wall;
    const Uptime& uptime;
    ClockWatch& watch;
  };

  // Tells the watch what to expect: from what was kept in the folder or, if nothing was, from when the newest entry of
  // the log was made (of tamga-authority: its newest list). All that `parts` refers to outlives this.
  ClockKeeper(Parts parts, std::optional<absl::Time> newest_entry);

  // To be called about once a second: takes the operator's word, and keeps the time once a minute.
  void Look();

 private:
  struct Kept;
  std::optional<Kept> ReadKept() const;
  void Continue(const Kept& kept);
  void TakeWord();
  void Keep();

  const Parts parts_;
  bool kept_as_jumped_ = false;
  bool held_ = false;       // until the operator's word
  absl::Duration keep_at_;  // uptime
};

}  // namespace tamga::node
