#include "node/ledger/log_reader.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/merkle.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/stored_hashes.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::ledger {
namespace {

// 64 MiB when all are there: as much as a log of a million entries has.
constexpr size_t kKeptTiles = 4096;

absl::Status CheckSize(store::Reader& reader, uint64_t size) {
  ASSIGN_OR_RETURN(const uint64_t count, reader.EntryCount());
  if (size <= count) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("size: the log has ", count, " entries, not ", size));
}

absl::Status Contradicts(uint64_t size, const absl::Status& why) {
  return absl::DataLossError(absl::StrCat("the stored tree contradicts the checkpoint of size ", size, " (",
                                          why.message(), "); verify the log"));
}

}  // namespace

LogReader::LogReader(store::ReadableDb& database) : database_(database), tiles_(kKeptTiles) {}

absl::StatusOr<std::string> LogReader::ProveInclusion(uint64_t index, absl::string_view checkpoint) {
  ASSIGN_OR_RETURN(const Checkpoint parsed, CheckpointIn(checkpoint));
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  RETURN_IF_ERROR(CheckSize(*session, parsed.size));
  StoredHashes hashes(*session, parsed.size, &tiles_);
  TlogProof proof;
  proof.index = index;
  ASSIGN_OR_RETURN(proof.path, ledger::ProveInclusion(hashes, index, parsed.size));
  proof.checkpoint = std::string(checkpoint);
  // A proof that does not hold is never given out: better that the damage is noticed here.
  ASSIGN_OR_RETURN(const Hash leaf, hashes.NodeAt(0, index));
  if (const absl::Status status = VerifyInclusion(leaf, index, parsed.size, proof.path, parsed.root); !status.ok()) {
    return Contradicts(parsed.size, status);
  }
  return FormatTlogProof(proof);
}

absl::StatusOr<std::vector<Hash>> LogReader::ProveConsistency(uint64_t old_size, uint64_t new_size) {
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  RETURN_IF_ERROR(CheckSize(*session, new_size));
  StoredHashes hashes(*session, new_size, &tiles_);
  return ledger::ProveConsistency(hashes, old_size, new_size);
}

absl::StatusOr<std::vector<Hash>> LogReader::ProveGrowth(uint64_t old_size, const Checkpoint& newest) {
  ASSIGN_OR_RETURN(std::vector<Hash> proof, ProveConsistency(old_size, newest.size));
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  StoredHashes hashes(*session, newest.size, &tiles_);
  ASSIGN_OR_RETURN(const Hash old_root, RootAt(hashes, old_size));
  const absl::Status holds = VerifyConsistency(old_size, old_root, newest.size, newest.root, proof);
  if (!holds.ok()) return Contradicts(newest.size, holds);
  return proof;
}

}  // namespace tamga::ledger
