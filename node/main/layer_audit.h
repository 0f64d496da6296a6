// What auditors and operators see of a node, what its exchanges oblige to, and its log compared with partners'.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "node/audit/admin.h"
#include "node/audit/auditor.h"
#include "node/audit/evidence_collector.h"
#include "node/audit/openings.h"
#include "node/audit/reading_log.h"
#include "node/audit/tails.h"
#include "node/ledger/log_reader.h"
#include "node/main/helper_watch.h"
#include "node/main/layer_services.h"
#include "node/obligation/obligations.h"
#include "node/reconciliation/reconciler.h"

namespace tamga::node {

struct AuditLayer : ServiceLayer {
  using ServiceLayer::ServiceLayer;

  absl::Status BuildAudit();

  std::unique_ptr<ledger::LogReader> audit_log_reader;
  std::unique_ptr<audit::Auditor> auditor;
  std::unique_ptr<audit::EvidenceCollector> evidence;
  std::unique_ptr<audit::Openings> openings;
  std::unique_ptr<audit::Tails> tails;
  std::unique_ptr<audit::ReadingLog> readings;
  std::unique_ptr<audit::Admin> admin;
  std::unique_ptr<obligation::Obligations> obligations;
  std::unique_ptr<reconciliation::Reconciler> reconciler;

 protected:
  // Those that sign for this node.
  std::vector<NamedHelper> Helpers() const { return HelpersOf(seal.Get(), setup.extra_seals); }
};

}  // namespace tamga::node
