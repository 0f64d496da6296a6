#include "node/main/layer_trust.h"

#include <chrono>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::node {
namespace {

constexpr std::chrono::seconds kClockLooks{1};

}  // namespace

// Before the first entry is made: its time would be taken for the newest that was believed.
absl::Status TrustLayer::WatchClock() {
  std::optional<absl::Time> newest_entry;
  ASSIGN_OR_RETURN(store::ReadSession session, database->Read());
  ASSIGN_OR_RETURN(const uint64_t entries, session->EntryCount());
  if (entries > 0) {
    ASSIGN_OR_RETURN(const store::EntryRow newest, session->EntryAt(entries - 1));
    newest_entry = newest.time;
  }
  clock_keeper = std::make_unique<ClockKeeper>(
      ClockKeeper::Parts{setup.config.data_dir(), ReadBootId(), wall, uptime, clock}, newest_entry);
  clock_looks = std::make_unique<RepeatingThread>(kClockLooks, RepeatingThread::First::kAfterPause,
                                                  [this] { clock_keeper->Look(); });
  return absl::OkStatus();
}

// Before anybody is spoken to: whom this node knew to be revoked, it knows on.
absl::Status TrustLayer::OpenTrust(std::function<certs::CertificateChain()> issuers) {
  const std::string& agency = setup.config.agency();
  const absl::Duration skew = absl::Seconds(setup.config.limits().max_clock_skew_s());
  const size_t most_bytes = size_t{setup.config.limits().max_message_bytes()} / 4 * 3;
  ASSIGN_OR_RETURN(revocations,
                   trust::RevocationBook::Open({agency, trust, *sequencer, *records, clock, rng, skew, most_bytes}));
  trust_keeper = std::make_unique<trust::TrustKeeper>(trust::TrustKeeperParts{
      agency, setup.revocation.rules, *revocations, trust, treaties, *sequencer, *records, clock, rng});
  for (const v1::TrustBundle& bundle : setup.config.trust_bundles()) {
    if (bundle.unconstrained()) Log(Severity::kWarning, "roots may be unconstrained", {{"state", bundle.state()}});
  }
  list_files =
      std::make_unique<trust::ListWatch>(agency, setup.revocation.files, std::move(issuers), trust, *trust_keeper);
  return trust_keeper->CheckConfiguredRoots();
}

}  // namespace tamga::node
