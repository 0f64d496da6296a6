// Who looks at the bytes of attachments for what does harm.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::attachment {

// Of one attachment. Used by one thread.
class Scan {
 public:
  virtual ~Scan() = default;
  // The next bytes. What goes wrong is told at the end.
  virtual void Feed(absl::string_view bytes) = 0;
  // OK if nothing was found. INFECTED (FailedPrecondition) for a hit, which is not named; SCANNER_UNAVAILABLE
  // (Unavailable) if the scanner gave no verdict in its time.
  virtual absl::Status End() = 0;
};

// Thread-safe.
class Scanner {
 public:
  virtual ~Scanner() = default;
  virtual std::unique_ptr<Scan> Begin() const = 0;
};

}  // namespace tamga::attachment
