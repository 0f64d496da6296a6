// The treaties that the node decides by, and the one way in which they change: verified, written down, logged, and only
// then in use.
//
// What was held last is remembered in the exchange database as well, so that an old copy of the folder does not pass
// for the present state of the law.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/ledger/sequencer.h"
#include "node/store/records.h"
#include "node/treaty/current_treaties.h"
#include "node/treaty/holdings.h"
#include "node/treaty/treaty_intake.h"
#include "tamga/v1/common.pb.h"

namespace tamga::exchange {

// All references outlive the keeper.
struct TreatyKeeperParts {
  std::string own_agency;
  std::string log_origin;
  std::string folder;  // treaties_dir
  treaty::IntakeRules rules;
  treaty::CurrentTreaties& treaties;
  ledger::Sequencer& sequencer;
  store::Records& records;
  const Clock& clock;
  Rng& rng;
  // Called when acts or texts were taken over and are in use.
  std::function<void()> changed = [] {};
};

// Who brought a bundle.
struct BroughtBy {
  std::string agency;
  std::string exchange_id;  // 16 bytes; empty if no exchange did
  // Whether it is to come again rather than wait where a text is being proved: partners are not to wait for each other.
  bool comes_again = false;
};

struct TakenOver {
  v1::TreatyHoldings holdings;  // what is held now
  uint32_t count = 0;           // acts and texts that are new
  std::optional<v1::LogPosition> own_log;
  std::vector<std::string> findings;  // what of the new has no effect, or not the one that was meant
  std::vector<absl::Status> refused;  // as in treaty::Intake
};

// Thread-safe.
class TreatyKeeper {
 public:
  // `sources` is what the folder held when `parts.treaties` was made of it. Compares it with what was held last and
  // logs what has changed since. FailedPrecondition, TREATY_ROLLED_BACK, if acts are missing or replaced that were held
  // then, or texts that acts name; errors of the disk.
  static absl::StatusOr<std::unique_ptr<TreatyKeeper>> Open(TreatyKeeperParts parts, treaty::TreatySources sources);

  // Takes over what is new. On an error the treaties stay as they are (InvalidArgument, TOO_MANY_TEXTS, for more than
  // treaty::kMostBundleTexts; those of treaty::WorkAhead, treaty::TakeIn and treaty::AddToTreatyFolder; those of the
  // disk), and it has a line in the operator's log. When this returns, whatever was taken over lasts, is logged and in
  // use. Blocks.
  absl::StatusOr<TakenOver> Take(const v1::TreatyBundle& bundle, const BroughtBy& by, treaty::OnFault on_fault);

  const treaty::Offices& offices() const { return parts_.rules.offices; }
  v1::TreatyHoldings Holdings() const;
  // What another lacks, as much as fits into a message.
  treaty::Lack LackOf(const v1::TreatyHoldings& theirs) const;
  // The same for one who wants acts of all States.
  treaty::Lack LackOfAll(v1::TreatyHoldings theirs) const;

  // All that is held.
  v1::TreatyBundle Everything() const;

  // OK if the own law lets the node put the operation, for the administration of treaties, to the agency; otherwise
  // the denial.
  absl::Status CheckMayAsk(const std::string& agency, v1::Operation operation) const;

 private:
  struct Held {
    treaty::TreatySources sources;
    v1::TreatyHoldings holdings;
  };

  TreatyKeeper(TreatyKeeperParts parts, treaty::TreatySources sources);
  std::shared_ptr<const Held> GetHeld() const;
  void SetHeld(treaty::TreatySources sources);
  // What was held last; version 0 and nothing if this node has not held anything yet.
  absl::StatusOr<store::Record> ReadRemembered() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(taking_);
  // Makes entry and memory durable.
  absl::StatusOr<v1::LogPosition> LogChange(const v1::TreatyHoldings& holdings, const store::Record& remembered,
                                            const BroughtBy& by) ABSL_EXCLUSIVE_LOCKS_REQUIRED(taking_);
  absl::Status CompareWithLastTime();
  treaty::IntakeRules RulesFor(const BroughtBy& by) const;
  absl::StatusOr<TakenOver> TakeLocked(const v1::TreatyBundle& bundle, const BroughtBy& by, treaty::OnFault on_fault)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(taking_);

  const TreatyKeeperParts parts_;
  Mutex taking_;  // one at a time
  mutable Mutex mutex_;
  std::shared_ptr<const Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::exchange
