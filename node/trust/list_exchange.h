// Revocation lists between this node and one partner: what it has is fetched, what this node has is pushed.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/trust/revocation_book.h"
#include "node/trust/trust_keeper.h"
#include "node/trust/trust_peer.h"

namespace tamga::trust {

// All references outlive the exchange.
struct ListExchangeParts {
  std::string partner;  // its agency
  std::unique_ptr<TrustPeer> peer;
  TrustKeeper& keeper;
  const RevocationBook& book;
  const Clock& clock;
  absl::Duration refresh;  // between two fetches, or less where the partner's State wishes so
  absl::Duration timeout;  // of one call
};

// Thread-compatible.
class ListExchange {
 public:
  // After a call that failed, since every new list is a reason to call.
  static constexpr absl::Duration kRetryAfter = absl::Seconds(5);

  explicit ListExchange(ListExchangeParts parts) : parts_(std::move(parts)) {}

  // Fetches if it is time to, then pushes what the partner is not known to have; a list that it refuses counts as
  // known until the next fetch. Does nothing for a while after a failure. Blocks for as long as calls do.
  void Round();

 private:
  absl::Status Fetch();
  absl::Status Push();
  absl::Status PushAtOnce(const std::vector<HeldList>& lists);
  absl::Status PushOneByOne(const std::vector<HeldList>& lists);

  const ListExchangeParts parts_;
  absl::Time next_fetch_ = absl::InfinitePast();
  absl::Time next_try_ = absl::InfinitePast();
  bool failing_ = false;
  std::set<std::string> known_;  // SHA-256 of the lists that the partner has
};

}  // namespace tamga::trust
