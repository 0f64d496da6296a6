#include "node/evidence/anchor_check.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {
namespace {

// Agencies that have a log, an entry, a message or a decision in the bundle, or are the other side of one.
std::set<std::string> AgenciesIn(const v1::EvidenceBundle& bundle) {
  std::set<std::string> agencies;
  for (const v1::LogEvidence& log : bundle.logs()) agencies.insert(log.agency());
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& evidence : exchange.entries()) {
      agencies.insert(evidence.agency());
      v1::LogEntry entry;
      if (entry.ParseFromString(evidence.entry())) agencies.insert(entry.partner());
    }
    for (const v1::DecisionRecord& decision : exchange.decisions()) {
      agencies.insert({decision.asker(), decision.answerer()});
    }
  }
  agencies.erase("");
  return agencies;
}

std::set<std::string> StatesOf(const std::set<std::string>& agencies, const v1::EvidenceBundle& bundle) {
  std::set<std::string> states;
  for (const std::string& agency : agencies) states.insert(StateOf(agency));
  for (const v1::SignedAct& act : bundle.treaties().acts()) states.insert(act.state());
  return states;
}

absl::Status Unnamed(absl::string_view option, const std::string& name, const std::set<std::string>& named) {
  return InvalidField(
      option, absl::StrCat("the bundle has nothing of ", name, "; it has to do with ", absl::StrJoin(named, ", ")));
}

// The origin that a signed note names, whoever signed it; "" of what is no checkpoint.
std::string OriginOf(absl::string_view checkpoint) {
  const absl::StatusOr<ledger::Checkpoint> parsed = ledger::CheckpointIn(checkpoint);
  return parsed.ok() ? parsed->origin : "";
}

// The origins of what the bundle calls the agency's log.
std::set<std::string> OriginsOf(const std::string& agency, const v1::EvidenceBundle& bundle) {
  std::set<std::string> origins;
  for (const v1::LogEvidence& log : bundle.logs()) {
    if (log.agency() == agency) origins.insert(OriginOf(log.checkpoint()));
  }
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& entry : exchange.entries()) {
      if (entry.agency() != agency) continue;
      const absl::StatusOr<ledger::TlogProof> proof = ledger::ParseTlogProof(entry.proof());
      if (proof.ok()) origins.insert(OriginOf(proof->checkpoint));
    }
  }
  origins.erase("");
  return origins;
}

// Keys by which the bundle says that the agency signs a log of this name.
std::set<std::string> VkeysOf(const std::string& agency, const std::string& name, const v1::EvidenceBundle& bundle) {
  std::set<std::string> vkeys;
  for (const v1::LogEvidence& log : bundle.logs()) {
    const absl::StatusOr<ledger::NoteKey> key = ledger::ParseVkey(log.vkey());
    if (log.agency() == agency && key.ok() && key->name == name) vkeys.insert(log.vkey());
  }
  return vkeys;
}

absl::Status CheckKey(const std::string& agency, const ledger::NoteKey& key, const v1::EvidenceBundle& bundle) {
  const std::set<std::string> origins = OriginsOf(agency, bundle);
  if (!origins.empty() && origins.count(key.name) == 0) {
    return InvalidField("--vkey",
                        absl::StrCat("the key given for ", agency, " is of the log ", key.name, ", and the bundle has ",
                                     absl::StrJoin(origins, ", "), "; bring the log.vkey that the agency publishes"));
  }
  // Who is right, the bundle cannot tell; until that is known it neither holds nor contradicts itself.
  const std::string given = ledger::FormatVkey(key);
  const std::set<std::string> named = VkeysOf(agency, key.name, bundle);
  if (named.empty() || named.count(given) > 0) return absl::OkStatus();
  return InvalidField(
      "--vkey", absl::StrCat("the keys differ: the one given for ", agency, " is ", given, ", and the bundle names ",
                             absl::StrJoin(named, ", "),
                             "; ask the agency which is its log's. If it is the one given, the bundle is not of "
                             "this log"));
}

absl::Status CheckPolicy(const ledger::TlogPolicy& policy, const Anchors& anchors, const v1::EvidenceBundle& bundle,
                         const std::set<std::string>& agencies) {
  const bool is_used = policy.logs.empty() || std::any_of(anchors.logs.begin(), anchors.logs.end(),
                                                          [&](const auto& log) { return policy.IsFor(log.second); });
  if (is_used) return absl::OkStatus();
  std::set<std::string> origins;
  for (const std::string& agency : agencies) origins.merge(OriginsOf(agency, bundle));
  const std::string& log = policy.logs.front().name;
  const auto is_of = [](const std::set<std::string>& names) {
    return [&names](const ledger::NoteKey& key) { return names.count(key.name) > 0; };
  };
  if (std::none_of(policy.logs.begin(), policy.logs.end(), is_of(origins))) {
    return InvalidField("--policy", absl::StrCat("is for the log ", log, ", and the bundle has nothing of it; it has ",
                                                 origins.empty() ? "no log" : absl::StrJoin(origins, ", ")));
  }
  std::set<std::string> given;
  for (const auto& [unused, key] : anchors.logs) given.insert(key.name);
  if (std::any_of(policy.logs.begin(), policy.logs.end(), is_of(given))) {
    return InvalidField("--policy", absl::StrCat("is for the log ", log,
                                                 " with another key than the one given "
                                                 "(--vkey); ask the agency which is its log's"));
  }
  return InvalidField("--policy",
                      absl::StrCat("is for the log ", log, ", of which no key was given; bring its key, too (--vkey)"));
}

absl::Status CheckOpened(const v1::SealedMessage& message, const v1::EvidenceBundle& bundle) {
  v1::MessageHeader header;
  const bool is_readable = header.ParseFromString(message.header());
  const bool is_there =
      std::any_of(bundle.exchanges().begin(), bundle.exchanges().end(),
                  [&](const v1::ExchangeEvidence& exchange) { return exchange.exchange_id() == header.exchange_id(); });
  if (is_readable && is_there) return absl::OkStatus();
  return InvalidField("--opened", "is a message of an exchange that the bundle does not hold");
}

}  // namespace

absl::Status CheckAnchorsFit(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                             const std::vector<std::string>& trusted_states,
                             const std::vector<v1::SealedMessage>& opened) {
  if (anchors.logs.empty() && anchors.offices.empty() && trusted_states.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "NO_ANCHORS",
                 "nothing can be shown without log keys, root certificates and treaty offices that you believe; bring "
                 "them with --vkey, --trust and --office");
  }
  const std::set<std::string> agencies = AgenciesIn(bundle);
  const std::set<std::string> states = StatesOf(agencies, bundle);
  for (const auto& [agency, key] : anchors.logs) {
    if (agencies.count(agency) == 0) return Unnamed("--vkey", agency, agencies);
    RETURN_IF_ERROR(CheckKey(agency, key, bundle));
  }
  for (const std::string& state : trusted_states) {
    if (states.count(state) == 0) return Unnamed("--trust", state, states);
  }
  for (const auto& [state, unused] : anchors.offices) {
    if (states.count(state) == 0) return Unnamed("--office", state, states);
  }
  for (const ledger::TlogPolicy& policy : anchors.policies) {
    RETURN_IF_ERROR(CheckPolicy(policy, anchors, bundle, agencies));
  }
  for (const v1::SealedMessage& message : opened) RETURN_IF_ERROR(CheckOpened(message, bundle));
  return absl::OkStatus();
}

}  // namespace tamga::evidence
