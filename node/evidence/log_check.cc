// Checkpoints and proofs.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/ed25519.h"
#include "node/base/status_macros.h"
#include "node/evidence/checks.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::evidence {
namespace {

constexpr char kNoKey[] = "no verification key was given for this log (--vkey)";

// The roots of a log, by size, as all that it signed has them: a log that signs two roots for one size has forked.
using Roots = std::map<std::pair<std::string, uint64_t>, ledger::Hash>;

absl::Status CheckCheckpoint(const v1::LogEvidence& log, const ledger::NoteKey& key, Roots& roots) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::OpenCheckpoint(log.checkpoint(), key, certs::VerifyEd25519));
  if (log.vkey() != ledger::FormatVkey(key)) {
    return absl::InvalidArgumentError("the bundle names another key for this log than the one given");
  }
  const auto [seen, is_new] = roots.emplace(std::pair(log.agency(), checkpoint.size), checkpoint.root);
  if (is_new || seen->second == checkpoint.root) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the log signed two roots for ", checkpoint.size, " entries: it has forked"));
}

absl::StatusOr<ProvenEntry> Prove(const v1::EntryEvidence& evidence, const std::string& exchange_id,
                                  const ledger::NoteKey& key) {
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ledger::ParseTlogProof(evidence.proof()));
  RETURN_IF_ERROR(ledger::VerifyTlogProof(proof, evidence.entry(), key, certs::VerifyEd25519).status());
  ProvenEntry proven{evidence.agency(), {}, evidence.entry(), proof.index, evidence.is_receipt()};
  if (!proof.extra.empty()) return absl::InvalidArgumentError("the proof has an extra line, which proves nothing");
  if (!proven.entry.ParseFromString(evidence.entry())) return absl::InvalidArgumentError("the entry cannot be read");
  if (proven.entry.own() != evidence.agency()) return absl::InvalidArgumentError("the entry is another agency's");
  if (proven.entry.exchange_id() != exchange_id) return absl::InvalidArgumentError("the entry is of another exchange");
  return proven;
}

}  // namespace

std::string NameOf(const ProvenEntry& entry) {
  const std::string kind(absl::StripPrefix(v1::EntryKind_Name(entry.entry.kind()), "ENTRY_KIND_"));
  return absl::StrCat("entry ", entry.index, " of ", entry.agency, " (", kind, ")");
}

void CheckLogs(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings) {
  Roots roots;
  for (const v1::LogEvidence& log : bundle.logs()) {
    const std::string what = absl::StrCat("the checkpoint of ", log.agency(), " is signed by its log");
    const auto key = anchors.logs.find(log.agency());
    if (key == anchors.logs.end()) {
      findings.NotVerifiable(what, kNoKey);
    } else {
      findings.Shown(what, CheckCheckpoint(log, key->second, roots));
    }
  }
}

std::vector<ProvenEntry> CheckEntries(const v1::ExchangeEvidence& exchange, const Anchors& anchors, Findings findings) {
  std::vector<ProvenEntry> proven;
  std::map<std::pair<std::string, uint64_t>, std::string> places;
  for (const v1::EntryEvidence& evidence : exchange.entries()) {
    const std::string unnamed =
        absl::StrCat("an entry of ", evidence.agency(), evidence.is_receipt() ? " (receipt)" : "");
    const auto key = anchors.logs.find(evidence.agency());
    if (key == anchors.logs.end()) {
      findings.NotVerifiable(absl::StrCat(unnamed, " is in its log"), kNoKey);
      continue;
    }
    absl::StatusOr<ProvenEntry> entry = Prove(evidence, exchange.exchange_id(), key->second);
    if (!entry.ok()) {
      findings.Contradicted(absl::StrCat(unnamed, " is in its log"), std::string(entry.status().message()));
      continue;
    }
    const std::string what =
        absl::StrCat(NameOf(*entry), entry->is_receipt ? ", given as a receipt," : "", " is in its log");
    const auto [seen, is_new] = places.emplace(std::pair(entry->agency, entry->index), entry->bytes);
    if (!is_new && seen->second != entry->bytes) {
      findings.Contradicted(what, "the log proves another entry at the same place: it has forked");
      continue;
    }
    findings.Verified(what);
    proven.push_back(*std::move(entry));
  }
  if (exchange.entries().empty()) findings.NotVerifiable("entries", "the bundle holds none");
  return proven;
}

}  // namespace tamga::evidence
