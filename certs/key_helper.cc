#include "certs/key_helper.h"

#include <utility>

namespace tamga::certs {

KeyHelper::KeyHelper(std::string where) { facts_.where = std::move(where); }

KeyHelper::Facts KeyHelper::facts() const {
  const MutexLock lock(mutex_);
  return facts_;
}

void KeyHelper::NoteSuccess() const {
  const MutexLock lock(mutex_);
  facts_.last_success = clock_.Now();
  facts_.fault.clear();
}

void KeyHelper::NoteFailure(absl::string_view why) const {
  const MutexLock lock(mutex_);
  facts_.last_failure = clock_.Now();
  facts_.fault = std::string(why);
}

}  // namespace tamga::certs
