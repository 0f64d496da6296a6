// Keeps revocation lists moving: files are looked at four times a second, partners are asked every so often, and a list
// that is new here is with all partners a quarter of a second later.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/repeating_thread.h"
#include "node/trust/list_exchange.h"
#include "node/trust/list_watch.h"

namespace tamga::trust {

// All references outlive the loop.
struct RevocationLoopParts {
  ListWatch& files;
  TrustKeeper& keeper;
  const certs::CurrentTrust& trust;
  const Clock& clock;
  absl::Duration stale_after;
};

class RevocationLoop {
 public:
  // Starts at once, and goes on until destroyed; that waits for calls under way.
  RevocationLoop(RevocationLoopParts parts, std::vector<std::unique_ptr<ListExchange>> partners);

 private:
  // An own thread for each partner: one that hangs keeps lists from no other.
  struct Partner {
    explicit Partner(std::unique_ptr<ListExchange> with);
    std::unique_ptr<ListExchange> exchange;
    RepeatingThread thread;
  };
  void LookAtFiles();
  // What nobody renews stops exchanges one day; operators hear of it long before.
  void WarnOfOldLists();

  const RevocationLoopParts parts_;
  std::map<std::string, absl::Time> warned_;  // by State; used by files_thread_ alone
  std::vector<std::unique_ptr<Partner>> partners_;
  RepeatingThread files_thread_;
};

}  // namespace tamga::trust
