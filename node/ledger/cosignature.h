// Cosignatures of checkpoints (c2sp.org/tlog-cosignature, type 0x04): a witness says that at a time this was the
// largest tree that it had seen of the log, and that it had only grown before.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/note.h"

namespace tamga::ledger {

// The cosignature of the checkpoint `text` (its three lines) by the witness `key`, of type kCosignature, at
// `time` in seconds since 1970.
NoteSignature Cosign(absl::string_view text, const NoteKey& key, uint64_t time, const NoteSigner& sign);

// When `witness` cosigned the checkpoint of `note`, in seconds since 1970: the latest, if it did more than once.
// NotFound if it did not, InvalidArgument if one of its cosignatures does not verify.
absl::StatusOr<uint64_t> CosignedAt(const Note& note, const NoteKey& witness, const SignatureVerifier& verify);

}  // namespace tamga::ledger
