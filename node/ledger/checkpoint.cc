#include "node/ledger/checkpoint.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", Base64Encode(checkpoint.root.bytes()), "\n");
}

absl::StatusOr<uint64_t> ParseLogNumber(absl::string_view field, absl::string_view text) {
  int64_t number = 0;
  // SimpleAtoi takes spaces, signs and leading zeros; one number has one text here.
  if (!absl::SimpleAtoi(text, &number) || number < 0 || absl::StrCat(number) != text) {
    return InvalidField(field, "must be a decimal number below 2^63 without leading zeros");
  }
  return static_cast<uint64_t>(number);
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 4 || !lines[3].empty()) {
    return absl::InvalidArgumentError("checkpoint: must be exactly three lines: origin, size, root");
  }
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  RETURN_IF_ERROR(CheckKeyName("checkpoint origin", checkpoint.origin));
  ASSIGN_OR_RETURN(checkpoint.size, ParseLogNumber("checkpoint size", lines[1]));
  const absl::StatusOr<std::string> root = Base64Decode(lines[2]);
  if (!root.ok()) return InvalidField("checkpoint root", root.status().message());
  ASSIGN_OR_RETURN(checkpoint.root, Hash::FromBytes(*root));
  return checkpoint;
}

absl::StatusOr<Checkpoint> CheckpointIn(absl::string_view note) {
  ASSIGN_OR_RETURN(const Note parsed, ParseNote(note));
  return ParseCheckpoint(parsed.text);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteKey& key, const SignatureVerifier& verify) {
  ASSIGN_OR_RETURN(const Note opened, OpenNote(note, key, verify));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(opened.text));
  if (checkpoint.origin != key.name) return InvalidField("checkpoint origin", absl::StrCat("is not ", key.name));
  return checkpoint;
}

}  // namespace tamga::ledger
