// By what the node believes its peers now: the States' roots and the lists in the book. The roots are those of the
// configuration, until an act in a State's register names them (policy/bundle.h); from then on the register decides.
// What changes takes effect at once, for connections that stand as well (see certs::CurrentTrust).
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
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/refusal_log.h"
#include "node/base/rng.h"
#include "node/ledger/sequencer.h"
#include "node/store/records.h"
#include "node/treaty/current_treaties.h"
#include "node/trust/revocation_book.h"
#include "policy/bundle.h"
#include "tamga/v1/trust_service.pb.h"

namespace tamga::trust {

// Which lists have to be there.
struct RevocationRules {
  bool required = false;              // of all States
  std::set<std::string> listed = {};  // States whose lists are configured: theirs have to
  absl::Duration stale_after = absl::Hours(72);
};

// All references outlive the keeper.
struct TrustKeeperParts {
  std::string own_agency;
  RevocationRules rules;
  RevocationBook& book;
  certs::CurrentTrust& trust;  // has the configured roots
  const treaty::CurrentTreaties& treaties;
  ledger::Sequencer& sequencer;
  store::Records& records;
  const Clock& clock;
  Rng& rng;
};

struct TakenLists {
  uint32_t taken = 0;
  std::vector<absl::Status> refused;
};

// Thread-safe.
class TrustKeeper {
 public:
  // Puts the lists of the book beside the roots.
  explicit TrustKeeper(TrustKeeperParts parts);

  // FailedPrecondition (TRUST_CONTRADICTED) if a root is configured that its State has never named, though it has named
  // its roots.
  absl::Status CheckConfiguredRoots() const;

  // Makes an entry if the roots are others than when there was one last. Errors of the disk.
  absl::Status LogChangedRoots();

  // Looks whether other roots are to be believed by now: there is a new act, or the days of one have come. What is
  // found takes effect at once and has an entry, which is tried for again every few seconds until it lasts; what cannot
  // be done has a line in the operator's log, and the roots of that State stay as they were.
  void Refresh();

  // When roots are no longer believed, by SHA-256 of their certificates: those of which an act says so (trusted_until).
  std::map<std::string, absl::Time> TrustedUntil() const;

  // How often to ask the State's nodes what is new: as its act about its roots says (refresh_hint_s), but once a minute
  // at most and once a day at least; `usual` without such an act.
  absl::Duration PaceOf(const std::string& state, absl::Duration usual) const;

  // Takes those lists that are newer (see RevocationBook::Take). When it returns they last, are logged, and are what
  // the node decides by. What a partner brings and is refused has a line in the operator's log, unless it is only older
  // than what is held.
  TakenLists Take(const std::vector<RevocationList>& lists, const std::string& brought_by);

  v1::GetTrustResponse Describe() const;

 private:
  // Roots in PEM, by State.
  using Roots = std::map<std::string, std::string>;
  // What is in the registers now, by State; those without an act about roots are left out.
  using Bundles = std::map<std::string, policy::Bundle>;

  void Rebuild();
  // Reads the registers.
  void ReadBundles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(rebuilding_);
  Bundles bundles() const;
  // The roots of now; States whose register names none at present are left out.
  Roots WantedRoots(const Bundles& bundles) const;
  // The trust with what is wanted, State by State, still without lists. What cannot be, since it names another State's
  // key, is left as it was.
  std::shared_ptr<const certs::TrustStore> BelieveRoots(const Roots& wanted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(rebuilding_);
  bool IsRequired(const std::string& state) const;
  // A line for each State.
  void SayChanged(const std::set<std::string>& states, const std::string& digest) const;

  const TrustKeeperParts parts_;
  const std::shared_ptr<const certs::TrustStore> configured_;
  Mutex rebuilding_;                             // one at a time, so that an older state never replaces a newer one
  Roots wanted_ ABSL_GUARDED_BY(rebuilding_);    // when it was looked at last
  Roots believed_ ABSL_GUARDED_BY(rebuilding_);  // of the trust that is current
  Mutex logging_;
  std::string logged_ ABSL_GUARDED_BY(logging_);  // the roots that are known to be on record (see RootsText)
  absl::Time log_failed_at_ ABSL_GUARDED_BY(logging_) = absl::InfinitePast();
  RefusalLog refusals_;
  mutable Mutex mutex_;
  Bundles bundles_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::trust
