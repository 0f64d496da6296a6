// Log lines about what strangers can bring about as often as they like.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga {

// One line a second for each reason, with how often it was since the line before: nobody outside is to fill the disk.
// Thread-safe.
class RefusalLog {
 public:
  // `clock` outlives this.
  explicit RefusalLog(const Clock& clock) : clock_(clock) {}

  // Writes the line `event` if it is time for one.
  void Add(absl::string_view event, const std::string& reason, const std::string& detail = "");

  // The same for a refusal, with what its particulars say of a certificate: "subject", "serial" and "issuer".
  void Add(absl::string_view event, const absl::Status& why);

  // How many there have been since the last line, this one among them, if it is time for a line; it then counts as
  // written.
  std::optional<int64_t> Count(const std::string& reason);

 private:
  struct Counted {
    int64_t refusals = 0;
    absl::Time last_line = absl::InfinitePast();
  };

  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Counted> counted_ ABSL_GUARDED_BY(mutex_);  // by reason, a code of ours
};

}  // namespace tamga
