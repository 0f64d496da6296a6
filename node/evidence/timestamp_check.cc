// Time-stamps: since when a log, and what is in it, was there.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/refusal.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/evidence/checks.h"
#include "node/ledger/checkpoint.h"
#include "node/timestamp/ts_token.h"

namespace tamga::evidence {
namespace {

constexpr char kNoRoots[] = "no roots of a time-stamp authority were given (--tsa-roots)";

absl::StatusOr<std::vector<ledger::Hash>> HashesOf(const v1::TimeStampEvidence& evidence) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& bytes : evidence.hashes()) {
    ASSIGN_OR_RETURN(const ledger::Hash hash, ledger::Hash::FromBytes(bytes));
    hashes.push_back(hash);
  }
  return hashes;
}

// Ties the stamped checkpoint to the one that the log's node gave with it.
absl::Status Tie(const v1::TimeStampEvidence& evidence, const ledger::Checkpoint& stamped,
                 const ledger::Checkpoint& given, LogHistory& history) {
  RETURN_IF_ERROR(history.AddCheckpoint(stamped));
  // Of no entries there is nothing to prove, and of the same size nothing more.
  if (stamped.size == given.size || stamped.size == 0 || given.size == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> proof, HashesOf(evidence));
  const bool is_older = stamped.size < given.size;
  return history.AddGrowth(is_older ? given : stamped, is_older ? stamped.size : given.size, proof);
}

// Another authority than the one whose roots were given may have made it, which contradicts nothing.
bool IsOfAnother(const absl::Status& refusal) {
  const auto metadata = MetadataOf(refusal);
  const auto code = metadata.find("certificate");
  return ReasonOf(refusal) == timestamp::kTimestampUntrusted && code != metadata.end() &&
         code->second == certs::kCertUntrusted;
}

// Checks the time-stamps that came with one checkpoint of a log, all of them by one log's key.
class LogStampCheck {
 public:
  LogStampCheck(const v1::LogEvidence& log, const ledger::NoteKey& key, const Anchors& anchors, LogHistory& history,
                Findings& findings)
      : log_(log), key_(key), anchors_(anchors), history_(history), findings_(findings) {}

  // Adds to `stamped` what is verified.
  void Check(const ledger::Checkpoint& given, const v1::TimeStampEvidence& evidence,
             std::map<uint64_t, absl::Time>& stamped) {
    const absl::StatusOr<ledger::Checkpoint> checkpoint =
        ledger::OpenCheckpoint(evidence.checkpoint(), key_, certs::VerifyEd25519);
    if (!checkpoint.ok()) {
      findings_.Contradicted(absl::StrCat("a time-stamp of ", log_.agency(), " is over a checkpoint of its log"),
                             std::string(checkpoint.status().message()));
      return;
    }
    const std::string what =
        absl::StrCat("the log of ", log_.agency(), " over ", checkpoint->size, " entries was time-stamped");
    if (const absl::Status tied = Tie(evidence, *checkpoint, given, history_); !tied.ok()) {
      findings_.Contradicted(what, std::string(tied.message()));
      return;
    }
    const absl::StatusOr<timestamp::TimeStamp> stamp =
        timestamp::VerifyToken(evidence.token(), Sha256(evidence.checkpoint()), {anchors_.tsa_roots, ""});
    if (!stamp.ok() && IsOfAnother(stamp.status())) {
      findings_.NotVerifiable(what, absl::StrCat("the roots given (--tsa-roots) do not vouch for it: ",
                                                 std::string(stamp.status().message())));
    } else if (!stamp.ok()) {
      findings_.Contradicted(what, std::string(stamp.status().message()));
    } else {
      findings_.Verified(what, absl::StrCat("at ", UtcText(stamp->time), " by ", stamp->authority));
      const absl::Time latest = stamp->time + stamp->accuracy;
      const auto [known, is_new] = stamped.emplace(checkpoint->size, latest);
      if (!is_new) known->second = std::min(known->second, latest);
    }
  }

 private:
  const v1::LogEvidence& log_;
  const ledger::NoteKey& key_;
  const Anchors& anchors_;
  LogHistory& history_;
  Findings& findings_;
};

// Whether the entry is in the log over `size` entries.
absl::StatusOr<bool> IsIn(const ProvenEntry& entry, uint64_t size, const LogHistory& history) {
  if (entry.index >= size) return false;
  if (entry.log_size == size || history.Proves(size, entry.index, ledger::LeafHash(entry.bytes))) return true;
  return history.BeginsWith(std::max(size, entry.log_size), std::min(size, entry.log_size));
}

void CheckEntry(const ProvenEntry& entry, const std::map<uint64_t, absl::Time>& stamped, const LogHistory& history,
                Findings& findings) {
  const std::string what = absl::StrCat(NameOf(entry), " was there when its log was time-stamped");
  absl::Time latest = absl::InfiniteFuture();
  for (const auto& [size, time] : stamped) {
    const absl::StatusOr<bool> is_in = IsIn(entry, size, history);
    if (!is_in.ok()) {
      findings.Contradicted(what, std::string(is_in.status().message()));
      return;
    }
    if (*is_in) latest = std::min(latest, time);
  }
  if (latest == absl::InfiniteFuture()) {
    findings.NotVerifiable(
        what, absl::StrCat("no time-stamp here that is good is tied to it; get the evidence again from the node of ",
                           entry.agency, ", and merge it"));
  } else if (FromProto(entry.entry.logged_at()) - kMostSkew > latest) {
    findings.Contradicted(what,
                          absl::StrCat("it says that it was logged at ", UtcText(FromProto(entry.entry.logged_at())),
                                       ", but was time-stamped at ", UtcText(latest)));
  } else {
    findings.Verified(what, absl::StrCat("at ", UtcText(latest), " or before"));
  }
}

}  // namespace

Stampings CheckTimestamps(const v1::EvidenceBundle& bundle, const Anchors& anchors, SignedLogs& logs,
                          Findings findings) {
  Stampings stampings;
  std::map<std::string, int> counts;  // of time-stamps, by agency
  for (const v1::LogEvidence& log : bundle.logs()) {
    const auto key = anchors.logs.find(log.agency());
    if (key == anchors.logs.end()) continue;  // which is said of the checkpoint
    counts[log.agency()] += log.timestamps_size();
    if (anchors.tsa_roots.empty()) continue;
    const absl::StatusOr<ledger::Checkpoint> given =
        ledger::OpenCheckpoint(log.checkpoint(), key->second, certs::VerifyEd25519);
    if (!given.ok()) continue;  // as above
    LogStampCheck check(log, key->second, anchors, logs[log.agency()].history, findings);
    for (const v1::TimeStampEvidence& evidence : log.timestamps()) {
      check.Check(*given, evidence, stampings[log.agency()]);
    }
  }
  for (const auto& [agency, count] : counts) {
    const std::string what = absl::StrCat("the log of ", agency, " was time-stamped");
    if (count > 0 && anchors.tsa_roots.empty()) findings.NotVerifiable(what, kNoRoots);
    if (count == 0 && !anchors.tsa_roots.empty()) {
      findings.NotVerifiable(what, "the bundle holds no time-stamp of it; its node may make none, or not yet have");
    }
  }
  return stampings;
}

void CheckStamped(const std::vector<ProvenEntry>& entries, const Stampings& stampings, const SignedLogs& logs,
                  Findings findings) {
  for (const ProvenEntry& entry : entries) {
    const auto stamped = stampings.find(entry.agency);
    if (stamped != stampings.end()) CheckEntry(entry, stamped->second, logs.at(entry.agency).history, findings);
  }
}

}  // namespace tamga::evidence
