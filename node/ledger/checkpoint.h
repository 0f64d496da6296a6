// Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a log, as a note that the log has signed.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/hash.h"
#include "node/ledger/note.h"

namespace tamga::ledger {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;  // below 2^63
  Hash root;

  bool operator==(const Checkpoint&) const = default;
};

// Three lines, each ended by a newline: origin, size, base64 of the root.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// Exactly such three lines; InvalidArgument otherwise. Extension lines are refused: cosigners disagree on whether a
// signature covers them.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// The checkpoint of a note, whoever signed it; InvalidArgument if it holds none.
absl::StatusOr<Checkpoint> CheckpointIn(absl::string_view note);

// The checkpoint of a note that the log `key` has signed; its origin must be the key's name. InvalidArgument otherwise.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteKey& key, const SignatureVerifier& verify);

// A decimal number below 2^63 without sign or leading zeros; InvalidArgument naming `field` otherwise.
absl::StatusOr<uint64_t> ParseLogNumber(absl::string_view field, absl::string_view text);

}  // namespace tamga::ledger
