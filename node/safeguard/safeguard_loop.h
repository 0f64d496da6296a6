// Takes up, again and again, what is not done yet about running cases of protected persons.
#pragma once

#include "node/base/clock.h"
#include "node/base/repeating_thread.h"
#include "node/safeguard/safeguard_office.h"

namespace tamga::safeguard {

class SafeguardLoop {
 public:
  // Works at once and then once a minute until destroyed, which waits for work under way. Both outlive this.
  SafeguardLoop(SafeguardOffice& office, const Clock& clock);

 private:
  RepeatingThread thread_;
};

}  // namespace tamga::safeguard
