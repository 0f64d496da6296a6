// The newest revocation list of every issuer that this node has taken, kept in its databases: it never goes back to an
// older one, not by a restart and not by whoever brings one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/current_trust.h"
#include "certs/revocations.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/ledger/sequencer.h"
#include "node/store/records.h"
#include "node/trust/revocation_list.h"

namespace tamga::trust {

// All references outlive the book.
struct BookParts {
  std::string own_agency;
  const certs::CurrentTrust& trust;  // its roots vouch for issuers
  ledger::Sequencer& sequencer;
  store::Records& records;
  const Clock& clock;
  Rng& rng;
  absl::Duration skew;                     // by how much other clocks may differ from ours
  size_t most_message_bytes = 768u << 10;  // of what LackOf gives at once, but for a single list
};

// The list of one issuer.
struct HeldList {
  RevocationList list;
  std::string sha256;   // of its DER
  int64_t version = 0;  // of the record
};

// What another lacks.
struct ListLack {
  std::vector<HeldList> lists;
  bool more = false;  // ask again
};

// Thread-safe.
class RevocationBook {
 public:
  // More issuers than any State has; it bounds what its authority can make us keep.
  static constexpr size_t kMostIssuers = 64;

  // Reads what was kept. DataLoss if that cannot be read; errors of the disk.
  static absl::StatusOr<std::unique_ptr<RevocationBook>> Open(BookParts parts);

  // Takes the list if it is newer than the issuer's at hand; false if it is that one. When it returns true the list
  // lasts and is logged, with who brought it. Unauthenticated with a code of certs/refusal.h if it cannot be believed
  // (REVOCATION_STALE: a newer one is held); ResourceExhausted (TOO_MANY_ISSUERS); errors of the disk. Blocks.
  absl::StatusOr<bool> Take(const RevocationList& list, const std::string& brought_by);

  // All that is held, for certs::TrustOptions.
  std::shared_ptr<const certs::Revocations> Revocations() const;
  // By State and issuer.
  std::vector<HeldList> Lists() const;
  // The newest list (DER) of each of the State's issuers.
  std::vector<std::string> NewestOf(const std::string& state) const;
  // SHA-256 of the State's newest list; empty if there is none.
  std::string NewestSha256(const std::string& state) const;
  // What is held beside the lists with these SHA-256, as much as fits into a message.
  ListLack LackOf(const std::set<std::string>& held_sha256) const;

 private:
  struct Held {
    certs::Revocations revocations;
    std::map<std::string, HeldList> lists;  // by record id
  };

  explicit RevocationBook(BookParts parts) : parts_(std::move(parts)), held_(std::make_shared<const Held>()) {}
  std::shared_ptr<const Held> GetHeld() const;
  void SetHeld(std::shared_ptr<const Held> held);
  absl::Status Load();
  // Makes entry and record durable.
  absl::Status Keep(const std::string& id, const HeldList& held, const std::string& brought_by)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(taking_);

  const BookParts parts_;
  Mutex taking_;  // one at a time
  mutable Mutex mutex_;
  std::shared_ptr<const Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::trust
