// Checkpoints and proofs.
#include <algorithm>
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

absl::Status CheckCheckpoint(const v1::LogEvidence& evidence, const ledger::NoteKey& key, SignedLog& log) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::OpenCheckpoint(evidence.checkpoint(), key, certs::VerifyEd25519));
  if (evidence.vkey() != ledger::FormatVkey(key)) {
    return absl::InvalidArgumentError("the bundle names another key for this log than the one given");
  }
  RETURN_IF_ERROR(log.history.AddCheckpoint(checkpoint));
  log.sizes.insert(checkpoint.size);
  for (const v1::GrowthEvidence& growth : evidence.growth()) {
    Growth& added = log.growth.emplace_back(Growth{checkpoint, growth.old_size(), {}});
    for (const std::string& bytes : growth.hashes()) {
      ASSIGN_OR_RETURN(const ledger::Hash hash, ledger::Hash::FromBytes(bytes));
      added.proof.push_back(hash);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ProvenEntry> Prove(const v1::EntryEvidence& evidence, const std::string& exchange_id,
                                  const ledger::NoteKey& key, LogHistory& history) {
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ledger::ParseTlogProof(evidence.proof()));
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::VerifyTlogProof(proof, evidence.entry(), key, certs::VerifyEd25519));
  ProvenEntry proven{evidence.agency(), {}, evidence.entry(), proof.index, checkpoint.size, evidence.is_receipt()};
  if (!proof.extra.empty()) return absl::InvalidArgumentError("the proof has an extra line, which proves nothing");
  RETURN_IF_ERROR(history.AddProof(checkpoint, proof.index, ledger::LeafHash(evidence.entry()), proof.path));
  if (!proven.entry.ParseFromString(evidence.entry())) return absl::InvalidArgumentError("the entry cannot be read");
  if (proven.entry.own() != evidence.agency()) return absl::InvalidArgumentError("the entry is another agency's");
  if (proven.entry.exchange_id() != exchange_id) return absl::InvalidArgumentError("the entry is of another exchange");
  return proven;
}

// The checkpoint that everything else of the log is held against.
uint64_t NewestSize(const SignedLog& log) {
  return log.sizes.empty() ? log.history.LargestSize() : *log.sizes.rbegin();
}

absl::StatusOr<bool> AreOneLog(const LogHistory& history, uint64_t one, uint64_t other) {
  return history.BeginsWith(std::max(one, other), std::min(one, other));
}

// What nothing in the bundle has as an earlier size of the log, nobody asks about.
void AddGrowth(const std::string& agency, SignedLog& log, Findings& findings) {
  for (const Growth& growth : log.growth) {
    if (!log.history.HasSize(growth.old_size)) continue;
    const absl::Status status = log.history.AddGrowth(growth.to, growth.old_size, growth.proof);
    if (status.ok()) continue;
    findings.Contradicted(absl::StrCat("the proof that the log of ", agency, " over ", growth.to.size,
                                       " entries begins with that over ", growth.old_size),
                          std::string(status.message()));
  }
}

absl::Status CheckContradiction(const v1::LogContradiction& contradiction, const ledger::NoteKey& key, SignedLog& log) {
  for (const std::string& note : {contradiction.before(), contradiction.after()}) {
    ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, ledger::OpenCheckpoint(note, key, certs::VerifyEd25519));
    RETURN_IF_ERROR(log.history.AddCheckpoint(checkpoint));
  }
  return absl::OkStatus();
}

// Of a log of which the bundle has several checkpoints.
void CheckGrowth(const std::string& agency, const SignedLog& log, Findings& findings) {
  const uint64_t newest = NewestSize(log);
  for (const uint64_t size : log.sizes) {
    if (size == newest) continue;
    const std::string what =
        absl::StrCat("the log of ", agency, " over ", newest, " entries begins with that over ", size);
    const absl::StatusOr<bool> begins = log.history.BeginsWith(newest, size);
    if (begins.ok() && !*begins) {
      findings.NotVerifiable(
          what, absl::StrCat("the bundle's proofs do not lead from the one to the other; merge it into what ",
                             "the node of ", agency, " gives now"));
    } else {
      findings.Shown(what, begins.status());
    }
  }
}

}  // namespace

std::string NameOf(const ProvenEntry& entry) {
  const std::string kind(absl::StripPrefix(v1::EntryKind_Name(entry.entry.kind()), "ENTRY_KIND_"));
  return absl::StrCat("entry ", entry.index, " of ", entry.agency, " (", kind, ")");
}

bool RecordsMessage(v1::EntryKind kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_RECEIVED || kind == v1::ENTRY_KIND_ANSWERED ||
         kind == v1::ENTRY_KIND_DELIVERED;
}

bool IsAskers(v1::EntryKind kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_DELIVERED || kind == v1::ENTRY_KIND_WITHHELD;
}

bool LacksUnknownTreaty(const v1::LogEntry& entry) {
  const bool is_answerers = entry.kind() == v1::ENTRY_KIND_RECEIVED || entry.kind() == v1::ENTRY_KIND_ANSWERED;
  return is_answerers && entry.outcome() == v1::ENTRY_OUTCOME_DENIED && entry.reason() == "TREATY_UNKNOWN" &&
         entry.treaty_id().empty() && entry.treaty_sha256().empty();
}

SignedLogs CheckLogs(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings) {
  SignedLogs logs;
  for (const v1::LogEvidence& log : bundle.logs()) {
    const std::string what = absl::StrCat("the checkpoint of ", log.agency(), " is signed by its log");
    const auto key = anchors.logs.find(log.agency());
    if (key == anchors.logs.end()) {
      findings.NotVerifiable(what, kNoKey);
    } else {
      findings.Shown(what, CheckCheckpoint(log, key->second, logs[log.agency()]));
    }
  }
  return logs;
}

std::vector<ProvenEntry> CheckEntries(const v1::ExchangeEvidence& exchange, const Anchors& anchors, SignedLogs& logs,
                                      Findings findings) {
  std::vector<ProvenEntry> proven;
  std::map<std::pair<std::string, uint64_t>, size_t> places;  // in `proven`
  for (const v1::EntryEvidence& evidence : exchange.entries()) {
    const std::string unnamed =
        absl::StrCat("an entry of ", evidence.agency(), evidence.is_receipt() ? " (receipt)" : "");
    const auto key = anchors.logs.find(evidence.agency());
    if (key == anchors.logs.end()) {
      findings.NotVerifiable(absl::StrCat(unnamed, " is in its log"), kNoKey);
      continue;
    }
    absl::StatusOr<ProvenEntry> entry =
        Prove(evidence, exchange.exchange_id(), key->second, logs[evidence.agency()].history);
    if (!entry.ok()) {
      findings.Contradicted(absl::StrCat(unnamed, " is in its log"), std::string(entry.status().message()));
      continue;
    }
    findings.Verified(absl::StrCat(NameOf(*entry), entry->is_receipt ? ", given as a receipt," : "", " is in its log"));
    const auto [seen, is_new] = places.emplace(std::pair(entry->agency, entry->index), proven.size());
    if (is_new) {
      proven.push_back(*std::move(entry));
    } else if (proven[seen->second].is_receipt) {
      proven[seen->second] = *std::move(entry);
    }
  }
  if (exchange.entries().empty()) findings.NotVerifiable("entries", "the bundle holds none");
  return proven;
}

void CheckContradictions(const v1::EvidenceBundle& bundle, const Anchors& anchors, SignedLogs& logs,
                         Findings findings) {
  for (const v1::LogContradiction& contradiction : bundle.contradictions()) {
    const std::string& agency = contradiction.agency();
    const std::string what =
        absl::StrCat("the log of ", agency, " is one (a partner holds two checkpoints: ", contradiction.what(), ")");
    const auto key = anchors.logs.find(agency);
    if (key == anchors.logs.end()) {
      findings.NotVerifiable(what, kNoKey);
      continue;
    }
    const absl::Status status = CheckContradiction(contradiction, key->second, logs[agency]);
    if (status.ok()) {
      findings.NotVerifiable(what, "the two alone do not show it: the partner saw in which order they came");
    } else {
      findings.Contradicted(what, std::string(status.message()));
    }
  }
}

void CheckGrowth(SignedLogs& logs, Findings findings) {
  for (auto& [agency, log] : logs) {
    AddGrowth(agency, log, findings);
    CheckGrowth(agency, log, findings);
  }
}

void CheckTies(const std::vector<ProvenEntry>& entries, const SignedLogs& logs, const Anchors& anchors,
               Findings findings) {
  for (const ProvenEntry& entry : entries) {
    const SignedLog& log = logs.at(entry.agency);
    const uint64_t newest = NewestSize(log);
    if (entry.log_size == newest || log.history.Proves(newest, entry.index, ledger::LeafHash(entry.bytes))) continue;
    const std::string what =
        absl::StrCat(NameOf(entry), " is in one log with the checkpoint over ", newest, " entries");
    const absl::StatusOr<bool> is_one = AreOneLog(log.history, newest, entry.log_size);
    if (!is_one.ok() || *is_one) {
      findings.Shown(what, is_one.status());
      continue;
    }
    const std::string why =
        absl::StrCat("it is proven in a log of ", entry.log_size, " entries, and nothing here ties ",
                     "the two; merge what the node of ", entry.agency, " gives now");
    // Otherwise witnesses of the one log would speak for entries of another.
    if (PolicyFor(entry.agency, anchors) != nullptr) {
      findings.NotWitnessed(what, why);
    } else {
      findings.NotVerifiable(what, why);
    }
  }
}

}  // namespace tamga::evidence
