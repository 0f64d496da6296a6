// A token, or another process, that signs or verifies for this one: whether it does so now, for those who watch over
// it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga::certs {

// Thread-safe.
class KeyHelper {
 public:
  struct Facts {
    std::string where;  // a socket, or the label of a token
    absl::Time last_success = absl::InfinitePast();
    absl::Time last_failure = absl::InfinitePast();
    std::string fault;  // what was wrong the last time; empty if nothing was
  };

  // `where` is for operators.
  explicit KeyHelper(std::string where);
  virtual ~KeyHelper() = default;
  KeyHelper(const KeyHelper&) = delete;
  KeyHelper& operator=(const KeyHelper&) = delete;

  // Asks it for something that changes nothing, so that the facts are of now even where nobody else asks. Takes a few
  // seconds at most, or as long as a token's module takes.
  virtual void Check() const = 0;

  Facts facts() const;

 protected:
  // Whoever asks it notes what came of it.
  void NoteSuccess() const;
  void NoteFailure(absl::string_view why) const;

 private:
  const SystemClock clock_;
  mutable Mutex mutex_;
  mutable Facts facts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::certs
