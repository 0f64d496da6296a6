#include "node/main/layer_background.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "node/trust/list_exchange.h"

namespace tamga::node {
namespace {

// Of a call about revocation lists.
constexpr absl::Duration kListTimeout = absl::Seconds(5);

}  // namespace

void BackgroundLayer::StartBackground() {
  const v1::NodeConfig& config = setup.config;
  outbox_pump = std::make_unique<exchange::OutboxPump>(*door_parts, *asking);
  housekeeping = std::make_unique<Housekeeping>(*door_parts, *approvals, *holding_keeper, clock);
  case_clock_keeper = std::make_unique<readmission::CaseClockKeeper>(
      readmission::CaseClockParts{*database, *cases, *sequencer, *pseudonyms, clock, rng});
  case_clock_loop = std::make_unique<readmission::CaseClockLoop>(*case_clock_keeper, clock);
  safeguard_loop = std::make_unique<safeguard::SafeguardLoop>(*safeguard_office, clock);
  MoveAttachments();
  if (setup.config.has_backup()) backups = std::make_unique<BackupLoop>(setup.config, clock);
  if (setup.config.has_enrolment()) {
    renewals = std::make_unique<enrolment::RenewalLoop>(setup.config, trust, seal, clock, rng);
  }
  treaty_fetcher = std::make_unique<treaty_office::TreatyFetcher>(
      *treaty_office, fetch_wishes, clock, [this](const std::string& partner) {
        return trust_keeper->PaceOf(StateOf(partner), treaty_office::kFetchEvery);
      });
  revocation_loop = MoveLists();
  if (witnessing != nullptr) {
    witnessing_loop = std::make_unique<witness::WitnessingLoop>(*witnessing, *log_watch,
                                                                absl::Milliseconds(config.witnessing().interval_ms()));
  }
  if (stamping != nullptr) {
    timestamp_loop =
        std::make_unique<timestamp::TimestampLoop>(*stamping, absl::Seconds(config.time_stamping().interval_s()));
  }
}

void BackgroundLayer::MoveAttachments() {
  attachment::TransferPeers peers;
  for (const auto& [agency, channel] : channels) peers[agency] = attachment::MakeGrpcTransferPeer(*channel, clock);
  attachment_sender = std::make_unique<attachment::AttachmentSender>(*attachments, std::move(peers), clock, rng);
  attachment_keeper = std::make_unique<attachment::AttachmentKeeper>(*attachments, clock);
}

std::unique_ptr<trust::RevocationLoop> BackgroundLayer::MoveLists() {
  const absl::Duration timeout = absl::Milliseconds(setup.config.limits().partner_timeout_ms());
  std::vector<std::unique_ptr<trust::ListExchange>> exchanges;
  for (const auto& [agency, channel] : channels) {
    exchanges.push_back(std::make_unique<trust::ListExchange>(
        trust::ListExchangeParts{agency, trust::MakeGrpcTrustPeer(*channel, clock), *trust_keeper, *revocations, clock,
                                 setup.revocation.refresh, std::min(kListTimeout, timeout)}));
  }
  return std::make_unique<trust::RevocationLoop>(
      trust::RevocationLoopParts{*list_files, *trust_keeper, trust, clock, setup.revocation.rules.stale_after},
      std::move(exchanges));
}

}  // namespace tamga::node
