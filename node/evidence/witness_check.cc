// Cosignatures, by the policies of whoever checks.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/ed25519.h"
#include "node/evidence/checks.h"
#include "node/ledger/checkpoint.h"

namespace tamga::evidence {
namespace {

// "quorum not met: KAZ/border-service did not cosign; …".
std::string QuorumText(const std::set<std::string>& cosigners, const ledger::TlogPolicy& policy) {
  if (policy.quorum.empty()) return "the policy asks for none";
  if (policy.IsQuorum(cosigners)) return "quorum met";
  std::vector<std::string> missing;
  for (const auto& [name, unused] : policy.witnesses) {
    if (cosigners.count(name) == 0) missing.push_back(name);
  }
  return absl::StrCat("quorum not met: ", absl::StrJoin(missing, ", "),
                      " did not cosign; get the evidence again when the entries are WITNESSED");
}

// "witnessed by 2 of 3 (KGZ/interior-ministry, UZB/interior-ministry), quorum met".
std::string Count(const std::set<std::string>& cosigners, const ledger::TlogPolicy& policy) {
  const std::string names = cosigners.empty() ? "" : absl::StrCat(" (", absl::StrJoin(cosigners, ", "), ")");
  return absl::StrCat("witnessed by ", cosigners.size(), " of ", policy.witnesses.size(), names, ", ",
                      QuorumText(cosigners, policy));
}

void CheckCheckpoint(const std::string& what, const v1::LogEvidence& log, const ledger::NoteKey& key,
                     const ledger::TlogPolicy& policy, Findings& findings) {
  // A checkpoint that its own log did not sign is contradicted already.
  if (!ledger::OpenCheckpoint(log.checkpoint(), key, certs::VerifyEd25519).ok()) return;
  const absl::StatusOr<ledger::Note> note = ledger::ParseNote(log.checkpoint());
  const absl::StatusOr<std::set<std::string>> cosigners = note.ok()
                                                              ? policy.CosignersOf(*note, certs::VerifyEd25519)
                                                              : absl::StatusOr<std::set<std::string>>(note.status());
  if (!cosigners.ok()) {
    findings.Contradicted(what, std::string(cosigners.status().message()));
  } else if (policy.IsQuorum(*cosigners)) {
    findings.Verified(what, Count(*cosigners, policy));
  } else {
    findings.NotWitnessed(what, Count(*cosigners, policy));
  }
}

// Agencies whose entries the bundle has.
std::set<std::string> AgenciesWithEntries(const v1::EvidenceBundle& bundle) {
  std::set<std::string> agencies;
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& entry : exchange.entries()) agencies.insert(entry.agency());
  }
  return agencies;
}

}  // namespace

const ledger::TlogPolicy* PolicyFor(const std::string& agency, const Anchors& anchors) {
  const auto key = anchors.logs.find(agency);
  if (key == anchors.logs.end()) return nullptr;
  for (const ledger::TlogPolicy& policy : anchors.policies) {
    if (policy.IsFor(key->second)) return &policy;
  }
  return nullptr;
}

void CheckWitnesses(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings) {
  if (anchors.policies.empty()) return;
  std::set<std::string> without_checkpoint = AgenciesWithEntries(bundle);
  for (const v1::LogEvidence& log : bundle.logs()) {
    without_checkpoint.erase(log.agency());
    const auto key = anchors.logs.find(log.agency());
    if (key == anchors.logs.end()) continue;  // which is said of the checkpoint
    const std::string what = absl::StrCat("the checkpoint of ", log.agency(), " is cosigned as the policy asks");
    const ledger::TlogPolicy* policy = PolicyFor(log.agency(), anchors);
    if (policy == nullptr) {
      findings.NotVerifiable(what, "no policy was given for this log (--policy)");
    } else {
      CheckCheckpoint(what, log, key->second, *policy, findings);
    }
  }
  for (const std::string& agency : without_checkpoint) {
    if (PolicyFor(agency, anchors) == nullptr) continue;
    findings.NotWitnessed(
        absl::StrCat("the log of ", agency, " is cosigned as the policy asks"),
        absl::StrCat("the bundle holds no checkpoint of it; merge what the node of ", agency, " gives"));
  }
}

}  // namespace tamga::evidence
