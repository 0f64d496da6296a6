#include "node/cli/log_check.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::cli {

namespace {

// The origin that the note names, if it is a checkpoint on which there is no signature in the key's name.
std::string OtherOrigin(absl::string_view text, const ledger::NoteKey& key) {
  const absl::StatusOr<ledger::Note> note = ledger::ParseNote(text);
  if (!note.ok()) return "";
  for (const ledger::NoteSignature& line : note->signatures) {
    if (line.name == key.name || line.key_id == key.Id()) return "";
  }
  const absl::StatusOr<ledger::Checkpoint> checkpoint = ledger::ParseCheckpoint(note->text);
  return checkpoint.ok() && checkpoint->origin != key.name ? checkpoint->origin : "";
}

}  // namespace

absl::StatusOr<ledger::Checkpoint> LogCheck::Open(absl::string_view checkpoint) const {
  absl::StatusOr<ledger::Checkpoint> opened = ledger::OpenCheckpoint(checkpoint, key_, certs::VerifyEd25519);
  if (opened.ok()) return opened;
  if (const std::string origin = OtherOrigin(checkpoint, key_); !origin.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "OTHER_LOG",
                 absl::StrCat("the key is of the log ", key_.name, ", the checkpoint of the log ", origin,
                              "; give the key, the file or the profile that goes with the other"));
  }
  return LogFaultError(absl::StrCat("the checkpoint: ", opened.status().message()));
}

absl::StatusOr<ledger::Checkpoint> LogCheck::CheckInclusion(uint64_t index, absl::string_view proof,
                                                            absl::string_view entry) const {
  const absl::StatusOr<ledger::TlogProof> parsed = ledger::ParseTlogProof(proof);
  if (!parsed.ok()) return LogFaultError(absl::StrCat("the proof: ", parsed.status().message()));
  if (parsed->index != index) {
    return LogFaultError(absl::StrCat("the proof is of entry ", parsed->index, ", not of entry ", index));
  }
  RETURN_IF_ERROR(Open(parsed->checkpoint).status());
  absl::StatusOr<ledger::Checkpoint> checkpoint = ledger::VerifyTlogProof(*parsed, entry, key_, certs::VerifyEd25519);
  if (!checkpoint.ok()) return LogFaultError(absl::StrCat("the proof: ", checkpoint.status().message()));
  return checkpoint;
}

absl::Status LogCheck::CheckGrowth(const ledger::Checkpoint& before, const ledger::Checkpoint& after,
                                   const v1::ProveConsistencyResponse& response) const {
  std::vector<ledger::Hash> proof;
  for (const std::string& bytes : response.hashes()) {
    const absl::StatusOr<ledger::Hash> hash = ledger::Hash::FromBytes(bytes);
    if (!hash.ok()) return LogFaultError("the consistency proof holds a hash that is not 32 bytes");
    proof.push_back(*hash);
  }
  const absl::Status consistent = ledger::VerifyConsistency(before.size, before.root, after.size, after.root, proof);
  if (!consistent.ok()) {
    return LogFaultError(absl::StrCat("the log of ", EntriesText(after.size), " does not begin with the log of ",
                                      EntriesText(before.size), " that it signed before: ", consistent.message()));
  }
  // The proof holds whatever checkpoint comes with it; another one than what was asked for is still an untruth.
  ASSIGN_OR_RETURN(const ledger::Checkpoint shown, Open(response.checkpoint()));
  if (shown == after) return absl::OkStatus();
  return LogFaultError(absl::StrCat("the node was asked about its log of ", EntriesText(after.size),
                                    " and shows another checkpoint, over ", EntriesText(shown.size)));
}

absl::Status LogCheck::CheckSizes(const ledger::Checkpoint& before, const ledger::Checkpoint& now) const {
  if (before.size > now.size) {
    return LogFaultError(absl::StrCat("the log has shrunk: it signed ", EntriesText(before.size), " before and has ",
                                      EntriesText(now.size), " now"));
  }
  if (before.size < now.size || before.root == now.root) return absl::OkStatus();
  return LogFaultError(absl::StrCat("the log signed two roots for its ", EntriesText(now.size)));
}

absl::Status WithoutNode(const absl::Status& status) {
  if (ReasonOf(status) != "LOG_FAULT") return status;
  return Fault(Error(status.code(), "COPY_FAULT", status.message(), MetadataOf(status)));
}

absl::Status LogFaultError(absl::string_view detail) {
  return Fault(Error(absl::StatusCode::kDataLoss, "LOG_FAULT", detail));
}

std::string EntriesText(uint64_t count) { return absl::StrCat(count, count == 1 ? " entry" : " entries"); }

}  // namespace tamga::cli
