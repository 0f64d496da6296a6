// Proofs that can be given away (c2sp.org/tlog-proof): an entry's index, its inclusion path and the signed checkpoint
// that the path leads to, in one text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/hash.h"
#include "node/ledger/note.h"
#include "node/ledger/proof_lines.h"

namespace tamga::ledger {

inline constexpr size_t kMaxProofBytes = kMaxNoteBytes + 8192;

struct TlogProof {
  std::string extra;  // not authenticated by the proof; empty means absent
  uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;  // signed note
};

std::string FormatTlogProof(const TlogProof& proof);
// Each proof has exactly one text; InvalidArgument for any other. The checkpoint is not looked into.
absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text);

// The checkpoint, if the proof shows that `entry` is in the log `key` under a checkpoint which that log has signed.
// InvalidArgument otherwise.
absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, absl::string_view entry, const NoteKey& key,
                                           const SignatureVerifier& verify);

}  // namespace tamga::ledger
