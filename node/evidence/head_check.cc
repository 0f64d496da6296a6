#include "node/evidence/head_check.h"

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/purposes.h"
#include "certs/seal_verifier.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::evidence {

absl::StatusOr<ledger::Checkpoint> CheckHead(const v1::LogEntry& entry, uint64_t index, const ledger::NoteKey& key,
                                             const certs::CurrentTrust& trust) {
  if (entry.kind() != v1::ENTRY_KIND_SEAL_CHANGED || entry.head().empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_HEAD", "the entry holds no head of the log");
  }
  ASSIGN_OR_RETURN(ledger::Checkpoint head, ledger::OpenCheckpoint(entry.head(), key, certs::VerifyEd25519));
  if (head.size > index) {
    return absl::InvalidArgumentError(absl::StrCat("the head has ", head.size, " entries, but is in entry ", index));
  }
  if (entry.head_seal().key_id() != entry.seal_key_id()) {
    return absl::InvalidArgumentError("the head was sealed by another key than the entry names");
  }
  certs::SealVerifier::Signatures seal;
  *seal.Add() = entry.head_seal();
  ASSIGN_OR_RETURN(
      const certs::Principal sealer,
      certs::SealVerifier(trust).Verify(seal, certs::kCheckpointType, entry.head(), FromProto(entry.logged_at())));
  if (sealer.agency != entry.own()) {
    return absl::InvalidArgumentError(absl::StrCat("the head was sealed by ", sealer.agency, ", not by ", entry.own()));
  }
  return head;
}

}  // namespace tamga::evidence
