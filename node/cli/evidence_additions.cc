#include "node/cli/evidence_additions.h"

#include <set>
#include <string>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// As the note says, whoever signed it: whoever checks the bundle looks at signatures. 0 of what is no checkpoint.
uint64_t SizeOf(absl::string_view checkpoint) {
  const absl::StatusOr<ledger::Checkpoint> parsed = ledger::CheckpointIn(checkpoint);
  return parsed.ok() ? parsed->size : 0;
}

std::set<uint64_t> SizesOf(const std::string& agency, const v1::EvidenceBundle& bundle) {
  std::set<uint64_t> sizes;
  for (const v1::LogEvidence& log : bundle.logs()) {
    if (log.agency() == agency) sizes.insert(SizeOf(log.checkpoint()));
  }
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& entry : exchange.entries()) {
      if (entry.agency() != agency) continue;
      const absl::StatusOr<ledger::TlogProof> proof = ledger::ParseTlogProof(entry.proof());
      if (proof.ok()) sizes.insert(SizeOf(proof->checkpoint));
    }
  }
  sizes.erase(0);
  return sizes;
}

v1::LogEvidence* NewestOf(const std::string& agency, v1::EvidenceBundle* bundle) {
  v1::LogEvidence* newest = nullptr;
  for (v1::LogEvidence& log : *bundle->mutable_logs()) {
    if (log.agency() != agency) continue;
    if (newest == nullptr || SizeOf(log.checkpoint()) > SizeOf(newest->checkpoint())) newest = &log;
  }
  return newest;
}

std::set<std::string> AgenciesIn(const v1::EvidenceBundle& bundle) {
  std::set<std::string> agencies;
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& evidence : exchange.entries()) {
      v1::LogEntry entry;
      if (entry.ParseFromString(evidence.entry())) agencies.insert({entry.own(), entry.partner()});
    }
  }
  return agencies;
}

}  // namespace

absl::Status AddGrowth(Session& session, const std::string& agency, v1::EvidenceBundle* bundle) {
  v1::LogEvidence* const newest = NewestOf(agency, bundle);
  if (newest == nullptr) return absl::OkStatus();
  const uint64_t newest_size = SizeOf(newest->checkpoint());
  for (const uint64_t size : SizesOf(agency, *bundle)) {
    if (size >= newest_size) break;
    v1::ProveConsistencyRequest request;
    request.set_old_size(size);
    request.set_new_size(newest_size);
    ASSIGN_OR_RETURN(const auto response, session.Call(&v1::AuditService::Stub::ProveConsistency, request));
    v1::GrowthEvidence& growth = *newest->add_growth();
    growth.set_old_size(size);
    *growth.mutable_hashes() = response.hashes();
  }
  return absl::OkStatus();
}

absl::Status AddContradictions(Session& session, v1::EvidenceBundle* bundle) {
  const auto witnessing = session.Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest());
  // Such a node watches nobody.
  if (ReasonOf(witnessing.status()) == "NO_WITNESSES") return absl::OkStatus();
  RETURN_IF_ERROR(witnessing.status());
  const std::set<std::string> agencies = AgenciesIn(*bundle);
  for (const v1::WitnessedLog& log : witnessing->logs()) {
    if (agencies.count(log.agency()) == 0) continue;
    for (const v1::Contradiction& known : log.contradictions()) {
      v1::LogContradiction& contradiction = *bundle->add_contradictions();
      contradiction.set_agency(log.agency());
      contradiction.set_what(known.what());
      contradiction.set_before(known.before());
      contradiction.set_after(known.after());
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::cli
