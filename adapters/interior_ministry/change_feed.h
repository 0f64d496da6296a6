// Changes of cases, from the node to the ministry's case system.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/interior_ministry/desk.h"
#include "tamga/v1/ministry.pb.h"

namespace tamga::adapters {

// Where changes are handed over. Whatever changes something lasts when it returns. Used by one thread.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  struct Place {
    std::string cursor;        // to go on from; empty: nothing was handed over yet
    uint64_t next_number = 1;  // of the next change
  };
  // Where it stands, also after a kill at any point; completes what was begun.
  virtual absl::StatusOr<Place> Resume() = 0;
  // Hands over a change, whose number is the next, and moves to `cursor` in one.
  virtual absl::Status Put(const v1::MinistryChange& change, const std::string& cursor) = 0;
  // Moves to `cursor` with nothing to hand over.
  virtual absl::Status MoveTo(const std::string& cursor) = 0;
};

// A change whose number is taken is handed over as it was, if at all again. Where the node cannot go on from the cursor
// (CURSOR_TOO_OLD), a notice of the gap and then all cases are handed over; at the first start all cases. Used by one
// thread.
class ChangeFeed {
 public:
  // Both references outlive this.
  ChangeFeed(MinistryDesk& desk, ChangeSink& sink) : desk_(desk), sink_(sink) {}

  // Hands over changes until the watch ends: why it did, or the sink's error. OK only if the desk ended it without a
  // reason.
  absl::Status Run();

  // Whether the last Run got as far as hearing from the node.
  bool heard() const { return heard_; }

 private:
  absl::Status Follow();
  absl::Status Relist(bool gap);
  // Hands over the case as it stands now.
  absl::Status Tell(const v1::ReadmissionCase& listed, bool relisted, const std::string& cursor);

  MinistryDesk& desk_;
  ChangeSink& sink_;
  ChangeSink::Place place_;
  bool heard_ = false;
};

}  // namespace tamga::adapters
