#include "node/main/layer_audit.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/audited_log.h"
#include "node/base/status_macros.h"
#include "node/main/credentials_watch.h"

namespace tamga::node {
namespace {

// Of the newest revocation list of each State that has one.
std::map<std::string, absl::Time> ListTimesOf(const certs::TrustStore& trust) {
  std::map<std::string, absl::Time> times;
  for (const std::string& state : trust.States()) {
    const absl::Time time = trust.RevocationsAsOf(state);
    if (time != absl::InfinitePast()) times[state] = time;
  }
  return times;
}

}  // namespace

absl::Status AuditLayer::BuildAudit() {
  const v1::NodeConfig& config = setup.config;
  const audit::AuditedLog audited{
      config.agency(), log_key, *database, *log_reader, *sequencer, *pseudonyms, [this](v1::IndexedEntry& entry) {
        if (witnessing != nullptr) witnessing->Describe(&entry);
      }};
  audit_log_reader = std::make_unique<ledger::LogReader>(database->for_auditors());
  const audit::AuditedLog apart{audited.own_agency, audited.key,        database->for_auditors(), *audit_log_reader,
                                audited.sequencer,  audited.pseudonyms, audited.add_witnessing};
  auditor = std::make_unique<audit::Auditor>(apart);
  std::vector<v1::TreatyOffice> offices;
  for (const auto& [unused, office] : treaty_keeper->offices()) offices.push_back(office);
  evidence = std::make_unique<audit::EvidenceCollector>(
      audit::EvidenceParts{apart, *vault, clock, [this] { return treaty_keeper->Everything(); }, std::move(offices),
                           [this] { return witnessing == nullptr ? "" : witnessing->WitnessedCheckpoint(); },
                           [this](const std::string& state) { return revocations->NewestOf(state); },
                           [this](uint64_t size) -> absl::StatusOr<v1::TimeStampEvidence> {
                             if (stamping == nullptr) return absl::NotFoundError("this log is not time-stamped");
                             return stamping->OldestOver(size);
                           }});
  openings = std::make_unique<audit::Openings>(*door_parts, *approvals);
  tails = std::make_unique<audit::Tails>(audited, clock);
  readings =
      std::make_unique<audit::ReadingLog>(audit::ReadingLogParts{config.agency(), *sequencer, *pseudonyms, clock, rng});
  admin = std::make_unique<audit::Admin>(audit::NodeFacts{
      config.agency(),
      log_key.name,
      clock.Now(),
      [this] { return FactsOf(*credentials, clock.Now()); },
      {config.partners().begin(), config.partners().end()},
      door_parts->partners,
      *database,
      *vault,
      treaties,
      clock,
      [this]() -> std::optional<v1::TimeStampingStatus> {
        if (stamping == nullptr) return std::nullopt;
        return stamping->Status();
      },
      [this] { return StatusOf(Helpers()); },
      [this] { return ListTimesOf(*trust.Get()); },
      [this](const std::string& partner) { return asking->circuits().Report(partner); },
      [this](const std::string& exchange_id, absl::Time deadline) { return asking->Release(exchange_id, deadline); },
      [this](const std::string& exchange_id) { return asking->Discard(exchange_id); }});
  ASSIGN_OR_RETURN(const certs::Principal principal, OwnPrincipal());
  obligations = std::make_unique<obligation::Obligations>(*door_parts);
  reconciler = std::make_unique<reconciliation::Reconciler>(
      reconciliation::ReconcilerParts{config.agency(), principal, log_key.name, *asking, database->for_auditors(),
                                      *vault, *sequencer, *pseudonyms, clock, door_parts->partner_timeout});
  door_parts->handlers.emplace(v1::OPERATION_LOG_RECONCILE, reconciler.get());
  return absl::OkStatus();
}

}  // namespace tamga::node
