#include "node/witness/log_watch.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/ledger/merkle_verify.h"

namespace tamga::witness {
namespace {

absl::StatusOr<std::vector<ledger::Hash>> HashesOf(const v1::ProveGrowthResponse& response) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& bytes : response.hashes()) {
    ASSIGN_OR_RETURN(const ledger::Hash hash, ledger::Hash::FromBytes(bytes));
    hashes.push_back(hash);
  }
  return hashes;
}

store::SeenRow RowOf(const PartnerCheckpoint& partner) {
  return {partner.checkpoint.origin, partner.checkpoint.size, std::string(partner.checkpoint.root.bytes()),
          partner.note, absl::Time()};
}

}  // namespace

void LogWatch::Add(const std::string& agency, const std::string& note) {
  MutexLock lock(mutex_);
  added_[agency] = note;
}

void LogWatch::Suspect(const std::string& agency) {
  MutexLock lock(mutex_);
  added_.try_emplace(agency);
}

void LogWatch::LookInto() {
  std::map<std::string, std::string> added;
  {
    MutexLock lock(mutex_);
    added = std::exchange(added_, {});
  }
  for (const auto& [agency, note] : added) {
    if (const absl::Status status = LookAt(agency, note); !status.ok()) {
      Log(Severity::kWarning, "partner's log not compared",
          {{"partner", agency}, {"detail", std::string(status.message())}});
    }
  }
}

absl::Status LogWatch::LookAt(const std::string& agency, const std::string& note) {
  const uint64_t settled = logs_.SettledCount(agency);
  if (!logs_.Check(agency).ok()) return absl::OkStatus();
  std::optional<PartnerCheckpoint> hint;
  if (!note.empty()) {
    ASSIGN_OR_RETURN(hint, logs_.OpenNote(note));
  }
  ASSIGN_OR_RETURN(const std::optional<store::SeenRow> seen, logs_.Seen(logs_.OriginOf(agency)));
  if (!seen || seen->size == 0) return hint ? logs_.See(*hint, seen).status() : absl::OkStatus();
  if (hint && hint->checkpoint.size == seen->size) {
    const bool same = hint->checkpoint.root.bytes() == seen->root;
    return same ? absl::OkStatus() : logs_.Contradict(*hint, kFork, seen->note);
  }
  ASSIGN_OR_RETURN(const PartnerCheckpoint newest, CompareWithNewest(agency, settled, *seen));
  if (newest.checkpoint.size > seen->size && logs_.Check(agency).ok()) {
    const absl::Status kept = logs_.See(newest, seen).status();
    if (!kept.ok() && !absl::IsAborted(kept)) return kept;
  }
  if (!hint || hint->checkpoint == newest.checkpoint) return absl::OkStatus();
  return CompareWithNewest(agency, settled, RowOf(*hint)).status();
}

absl::StatusOr<PartnerCheckpoint> LogWatch::CompareWithNewest(const std::string& agency, uint64_t settled,
                                                              const store::SeenRow& before) {
  ASSIGN_OR_RETURN(const v1::ProveGrowthResponse response,
                   peers_.at(agency)->ProveGrowth(before.size, clock_.Now() + timeout_));
  ASSIGN_OR_RETURN(PartnerCheckpoint newest, logs_.OpenNote(response.checkpoint()));
  newest.settled = settled;
  if (newest.agency != agency) return absl::InvalidArgumentError("it answered with another log's checkpoint");
  if (newest.checkpoint.size < before.size) {
    RETURN_IF_ERROR(logs_.Contradict(newest, kShrunk, before.note));
    return newest;
  }
  ASSIGN_OR_RETURN(const ledger::Hash root, ledger::Hash::FromBytes(before.root));
  const absl::StatusOr<std::vector<ledger::Hash>> hashes = HashesOf(response);
  const absl::Status proven = hashes.ok() ? ledger::VerifyConsistency(before.size, root, newest.checkpoint.size,
                                                                      newest.checkpoint.root, *hashes)
                                          : hashes.status();
  if (proven.ok()) return newest;
  const bool is_fork = newest.checkpoint.size == before.size && newest.checkpoint.root != root;
  RETURN_IF_ERROR(logs_.Contradict(newest, is_fork ? kFork : kInconsistent, before.note));
  return newest;
}

}  // namespace tamga::witness
