// Whether a partner's line is worth trying: after a few attempts that nobody answered it is left alone for a while, so
// that callers are not kept waiting and one try in a while finds out when the partner is back.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::exchange {

// Time to wait after the given number of failed attempts: doubles from 1 s up to 5 min, with jitter of ±25 % taken from
// `random_byte`.
absl::Duration Backoff(int64_t attempts, uint8_t random_byte);

// How an attempt on a line ended.
enum class LineOutcome {
  kAnswered,  // by the partner's node, in whatever words
  kNoAnswer,
  kTooHasty  // the caller's deadline was too short to tell
};

// `patience`: how long the attempt waited, or would have; a line gets at least `fair` to answer.
LineOutcome OutcomeOf(const absl::Status& status, absl::Duration patience, absl::Duration fair);

struct CircuitReport {
  v1::CircuitState state = v1::CIRCUIT_STATE_CLOSED;
  int64_t failures = 0;  // one after the other
  absl::Time retry_at;   // of the next try while it is open
};

// The circuits of all partners. Thread-safe.
class Circuits {
 public:
  // Attempts that fail one after the other before the line is left alone.
  static constexpr int64_t kFailuresToOpen = 3;
  // Longest time for which it is left alone: somebody may wait at the border when the partner is back.
  static constexpr absl::Duration kLongestRest = absl::Seconds(30);

  // What an attempt may be made by.
  enum class Pass {
    kNone,   // none may be made now
    kLine,   // the line is believed to be up
    kProbe,  // the one try of a line that is believed to be down
  };

  // `clock` and `rng` outlive this.
  Circuits(const Clock& clock, Rng& rng) : clock_(clock), rng_(rng) {}

  // Whether Enter would give a pass now.
  bool MayTry(const std::string& partner) const;
  // Every pass but kNone is given back with Leave.
  Pass Enter(const std::string& partner);
  void Leave(const std::string& partner, Pass pass, LineOutcome outcome);

  // The partner's node has sent something, so it is there: a line that is left alone may be tried at once.
  void Heard(const std::string& partner);

  CircuitReport Report(const std::string& partner) const;
  // How often the line came back since the start: when this grows, what waits can leave at once.
  uint64_t Closings(const std::string& partner) const;

 private:
  struct Line {
    int64_t failures = 0;
    absl::Time retry_at = absl::InfinitePast();
    bool is_probed = false;
    uint64_t closings = 0;

    bool IsOpen() const { return failures >= kFailuresToOpen; }
    bool MayTry(absl::Time now) const { return !IsOpen() || (!is_probed && now >= retry_at); }
  };

  Line LineOf(const std::string& partner) const;
  void Rest(Line& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  Rng& rng_;
  mutable Mutex mutex_;
  std::map<std::string, Line> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::exchange
