// The parts of CheckBundle. Each adds its findings.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/crl.h"
#include "node/evidence/bundle_check.h"
#include "node/evidence/findings.h"
#include "node/evidence/log_history.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/evidence.pb.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {

// The most that nodes can be told to allow between their clocks (max_clock_skew_s): what lies further apart, no node
// did by its own rules.
inline constexpr absl::Duration kMostSkew = absl::Hours(1);

// An entry that its log proves.
struct ProvenEntry {
  std::string agency;
  v1::LogEntry entry;
  std::string bytes;
  uint64_t index = 0;
  uint64_t log_size = 0;  // of the checkpoint that its proof leads to
  bool is_receipt = false;
};

// "entry 42 of KAZ/border-service (SENT)".
std::string NameOf(const ProvenEntry& entry);

// Whether the entry records a message that crossed, or was to.
bool RecordsMessage(v1::EntryKind kind);
// Whether the entry is one of the asking node's about its request and the reply.
bool IsAskers(v1::EntryKind kind);
// Whether the entry is an answering node's that names no treaty because it does not know the one that was named.
bool LacksUnknownTreaty(const v1::LogEntry& entry);

// A proof that came with a checkpoint of a log, not verified yet: what it leads from may come later.
struct Growth {
  ledger::Checkpoint to;
  uint64_t old_size = 0;
  std::vector<ledger::Hash> proof;
};

// A log as all that it signed in the bundle has it.
struct SignedLog {
  LogHistory history;
  std::set<uint64_t> sizes;  // of the checkpoints that its own node gave
  std::vector<Growth> growth;
};
using SignedLogs = std::map<std::string, SignedLog>;  // by agency

// The checkpoints of the logs, as their nodes gave them (log_check.cc).
SignedLogs CheckLogs(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings);
// The entries of an exchange, whose proofs are added to `logs`; returns those that are proven, each place once.
std::vector<ProvenEntry> CheckEntries(const v1::ExchangeEvidence& exchange, const Anchors& anchors, SignedLogs& logs,
                                      Findings findings);
// Whether logs contradict themselves by what others hold of them. Notes of logs whose key was not given say nothing.
void CheckContradictions(const v1::EvidenceBundle& bundle, const Anchors& anchors, SignedLogs& logs, Findings findings);
// Adds the proofs of growth, then: whether the checkpoints that one log's nodes gave lead from the one to the other.
// For when all proofs were added, as is CheckTies.
void CheckGrowth(SignedLogs& logs, Findings findings);
// Whether the entries stand in the newest log that the bundle knows, and not only in one that its agency signed for
// somebody. Where a policy is for the log, they have to.
void CheckTies(const std::vector<ProvenEntry>& entries, const SignedLogs& logs, const Anchors& anchors,
               Findings findings);

// By agency: the sizes over which its log is time-stamped, and when by the token's word at the latest. Those logs are
// there, with none perhaps, of which the bundle has time-stamps that were looked at.
using Stampings = std::map<std::string, std::map<uint64_t, absl::Time>>;

// Whether the time-stamps are over checkpoints of their logs, and good by the given roots (timestamp_check.cc). Adds
// those checkpoints, and what ties them to others, to `logs`; to be called when all other proofs were added. Without
// roots nothing is verified.
Stampings CheckTimestamps(const v1::EvidenceBundle& bundle, const Anchors& anchors, SignedLogs& logs,
                          Findings findings);
// Since when the entries were there at the latest, by the time-stamps that are tied to them.
void CheckStamped(const std::vector<ProvenEntry>& entries, const Stampings& stampings, const SignedLogs& logs,
                  Findings findings);

// The first policy that is for the agency's log; nullptr if there is none, or no key of the log (witness_check.cc).
const ledger::TlogPolicy* PolicyFor(const std::string& agency, const Anchors& anchors);
// Whether enough witnesses cosigned the checkpoints. Without policies nothing is said of it.
void CheckWitnesses(const v1::EvidenceBundle& bundle, const Anchors& anchors, Findings findings);

// What entries say of each other, of both sides and of one (agreement_check.cc).
void CheckAgreement(const std::vector<ProvenEntry>& entries, Findings findings);

// The revocation lists of a bundle (revocation_check.cc). For one thread.
class RevocationLists {
 public:
  // Those that cannot be read are findings.
  RevocationLists(const v1::EvidenceBundle& bundle, Findings findings);

  struct Judgement {
    std::optional<absl::Time> revoked;  // since when, if ever
    bool revoked_by_then = false;
    std::string why;  // in any case: what is known of revocation
  };
  // Of a seal made at `time`, whose certificate the State's roots vouched for over `path`, leaf first and root last.
  // Only lists that an issuer of the path signed count, and a revocation in any of them does. Lists may be of any time
  // since: a list of today names what was revoked before, so long as it has not expired.
  Judgement Judge(const std::string& state, const certs::CertificateChain& path, absl::Time time) const;

 private:
  struct List {
    certs::Crl crl;
    // By SHA-256 of an issuer's certificate: whether that one signed it. Looked at once, however many seals there are.
    mutable std::map<std::string, bool> signed_by = {};
  };
  struct Told;

  static bool IsListOf(const certs::Certificate& issuer, const List& list);
  static Told LookUp(const std::vector<List>& lists, const certs::Certificate& certificate,
                     const certs::Certificate& issuer, absl::Time time);

  std::map<std::string, std::vector<List>> lists_;  // by State
};

// Messages, sealed and opened (seal_check.cc).
void CheckMessages(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                   const Anchors& anchors, const RevocationLists& revocations,
                   const std::vector<v1::SealedMessage>& opened, Findings findings);

// The bundle's treaties, believed by the given offices (treaty_check.cc).
absl::StatusOr<treaty::TreatyLibrary> CheckTreaties(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                                    Findings findings);
// Whether the library has the text with this SHA-256 (32 bytes).
bool HoldsText(const treaty::TreatyLibrary& library, absl::string_view sha256);
// "" if the library has acts of the States of both agencies; otherwise what is missing. Without them no treaty is in
// force between the two, which says nothing of the treaties.
std::string MissingActs(const treaty::TreatyLibrary& library, const std::string& agency, const std::string& other);
// The texts that the entries rely on. `library` may be an error: then there is no law to go by.
void CheckReliance(const std::vector<ProvenEntry>& entries, const absl::StatusOr<treaty::TreatyLibrary>& library,
                   Findings findings);

// "" if the entry may be what came of the decision; otherwise why not (decision_match.cc).
std::string DifferenceOf(const v1::LogEntry& entry, const v1::DecisionRecord& decision);
// Whether entries of this kind record what is decided at the stage.
bool RecordsDecision(v1::EntryKind kind, v1::ExchangeStage stage);

// The decisions (decision_check.cc). `library` as above.
void CheckDecisions(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                    const absl::StatusOr<treaty::TreatyLibrary>& library, Findings findings);

}  // namespace tamga::evidence
