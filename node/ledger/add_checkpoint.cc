#include "node/ledger/add_checkpoint.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/note.h"
#include "node/ledger/proof_lines.h"

namespace tamga::ledger {
namespace {

constexpr size_t kMaxBytes = kMaxNoteBytes + 4096;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("add-checkpoint: ", what));
}

}  // namespace

std::string FormatAddCheckpoint(const AddCheckpoint& request) {
  std::string body = absl::StrCat("old ", request.old_size, "\n");
  for (const Hash& hash : request.proof) absl::StrAppend(&body, Base64Encode(hash.bytes()), "\n");
  absl::StrAppend(&body, "\n", request.checkpoint);
  return body;
}

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body) {
  if (body.size() > kMaxBytes) return Malformed(absl::StrCat("longer than ", kMaxBytes, " bytes"));
  std::optional<absl::string_view> line = TakeLine(body);
  if (!line || !absl::ConsumePrefix(&*line, "old ")) return Malformed("does not begin with a line \"old <size>\"");
  AddCheckpoint request;
  ASSIGN_OR_RETURN(request.old_size, ParseLogNumber("add-checkpoint old", *line));
  while (true) {
    line = TakeLine(body);
    if (!line) return Malformed("no empty line before the checkpoint");
    if (line->empty()) break;
    if (request.proof.size() == kMaxProofHashes) return Malformed("the proof is longer than 63 hashes");
    const std::optional<Hash> hash = ParseHashLine(*line);
    if (!hash) return Malformed("a line of the proof is not base64 of 32 bytes");
    request.proof.push_back(*hash);
  }
  request.checkpoint = std::string(body);
  return request;
}

}  // namespace tamga::ledger
