// What a node does by itself, on threads of its own.
#pragma once

#include <memory>

#include "node/attachment/attachment_keeper.h"
#include "node/attachment/attachment_sender.h"
#include "node/enrolment/renewal_loop.h"
#include "node/exchange/outbox_pump.h"
#include "node/main/backup_loop.h"
#include "node/main/housekeeping.h"
#include "node/main/layer_audit.h"
#include "node/readmission/case_clock_keeper.h"
#include "node/safeguard/safeguard_loop.h"
#include "node/timestamp/timestamp_loop.h"
#include "node/treaty_office/treaty_fetcher.h"
#include "node/trust/revocation_loop.h"
#include "node/witness/witnessing_loop.h"

namespace tamga::node {

struct BackgroundLayer : AuditLayer {
  using AuditLayer::AuditLayer;

  void StartBackground();

  std::unique_ptr<exchange::OutboxPump> outbox_pump;
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<readmission::CaseClockKeeper> case_clock_keeper;
  std::unique_ptr<readmission::CaseClockLoop> case_clock_loop;
  std::unique_ptr<safeguard::SafeguardLoop> safeguard_loop;
  std::unique_ptr<attachment::AttachmentSender> attachment_sender;
  std::unique_ptr<attachment::AttachmentKeeper> attachment_keeper;
  std::unique_ptr<BackupLoop> backups;
  std::unique_ptr<enrolment::RenewalLoop> renewals;  // unless it is not configured
  std::unique_ptr<treaty_office::TreatyFetcher> treaty_fetcher;
  std::unique_ptr<witness::WitnessingLoop> witnessing_loop;
  std::unique_ptr<trust::RevocationLoop> revocation_loop;
  std::unique_ptr<timestamp::TimestampLoop> timestamp_loop;

 private:
  std::unique_ptr<trust::RevocationLoop> MoveLists();
  void MoveAttachments();
};

}  // namespace tamga::node
