#include "node/main/layer_door.h"

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::node {

absl::Status DoorLayer::KeepTreaties() {
  for (const std::string& finding : treaties.Get()->findings) {
    Log(Severity::kWarning, "treaty act or text without effect", {{"detail", finding}});
  }
  ASSIGN_OR_RETURN(treaty_keeper,
                   exchange::TreatyKeeper::Open(
                       {setup.config.agency(), log_key.name, setup.config.treaties_dir(), setup.treaty_rules, treaties,
                        *sequencer, *records, clock, rng, [this] { trust_keeper->Refresh(); }},
                       std::move(setup.treaty_sources)));
  return absl::OkStatus();
}

void DoorLayer::BuildDoor() {
  const v1::Limits& limits = setup.config.limits();
  seal_verifier = std::make_unique<certs::SealVerifier>(trust, setup.extra_seals.accepted);
  door_parts = std::unique_ptr<exchange::DoorParts>(new exchange::DoorParts{
      setup.config.agency(),
      treaties,
      seal,
      *seal_verifier,
      *sequencer,
      *log_reader,
      log_key.name,
      *database,
      *vault,
      *pseudonyms,
      clock,
      rng,
      absl::Seconds(limits.max_clock_skew_s()),
      absl::Milliseconds(limits.partner_timeout_ms()),
      PeerStubsOf(channels, clock),
      setup.partner_logs,
      {},
      [this](const std::string& partner) { fetch_wishes.Add(partner); },
      [this](const std::string& partner) -> absl::Status {
        RETURN_IF_ERROR(clock.Check());
        RETURN_IF_ERROR(credentials->own().Check());
        if (witnessing != nullptr) RETURN_IF_ERROR(witnessing->CheckNotRolledBack());
        return partner_logs->Check(partner);
      },
      [this](const std::string& partner, const std::string& checkpoint) { log_watch->Add(partner, checkpoint); },
      [this](const std::string& state) { return revocations->NewestSha256(state); },
      limits.max_remembered_per_partner(),
      [this](const std::string& partner) {
        // Before the first connection there is no certificate of its node to ask about.
        const auto path = shown_certificates.PathOf(partner);
        return path ? trust.Get()->RevocationsAsOf(*path) : trust.Get()->RevocationsAsOf(StateOf(partner));
      },
      [this](const certs::CertificateChain& path) { return trust.Get()->RevocationsAsOf(path); }});
  approvals = std::make_unique<exchange::Approvals>(*door_parts);
  asking = std::make_unique<exchange::AskingDoor>(*door_parts);
  door_parts->partner_heard = [this](const std::string& partner) { asking->HeardFrom(partner); };
  answering = std::make_unique<exchange::AnsweringDoor>(*door_parts);
  uses = std::make_unique<exchange::Uses>(*door_parts);
  holding_keeper = std::make_unique<exchange::HoldingKeeper>(*door_parts);
}

}  // namespace tamga::node
