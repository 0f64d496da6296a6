#include "node/ledger/tlog_proof.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/ledger/merkle_verify.h"

namespace tamga::ledger {
namespace {

constexpr absl::string_view kHeader = "c2sp.org/tlog-proof@v1\n";

absl::Status Malformed(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat("log proof: ", what)); }

// As TakeLine.
absl::StatusOr<absl::string_view> NextLine(absl::string_view& text) {
  const std::optional<absl::string_view> line = TakeLine(text);
  if (!line) return Malformed("ends within a line");
  return *line;
}

}  // namespace

std::string FormatTlogProof(const TlogProof& proof) {
  std::string text(kHeader);
  if (!proof.extra.empty()) absl::StrAppend(&text, "extra ", Base64Encode(proof.extra), "\n");
  absl::StrAppend(&text, "index ", proof.index, "\n");
  for (const Hash& hash : proof.path) absl::StrAppend(&text, Base64Encode(hash.bytes()), "\n");
  absl::StrAppend(&text, "\n", proof.checkpoint);
  return text;
}

absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text) {
  if (text.size() > kMaxProofBytes) return Malformed(absl::StrCat("longer than ", kMaxProofBytes, " bytes"));
  if (!absl::ConsumePrefix(&text, kHeader)) return Malformed("does not begin with c2sp.org/tlog-proof@v1");
  TlogProof proof;
  ASSIGN_OR_RETURN(absl::string_view line, NextLine(text));
  if (absl::ConsumePrefix(&line, "extra ")) {
    const absl::StatusOr<std::string> extra = Base64Decode(line);
    if (!extra.ok() || extra->empty()) return Malformed("the extra line is not base64 of at least one byte");
    proof.extra = *extra;
    ASSIGN_OR_RETURN(line, NextLine(text));
  }
  if (!absl::ConsumePrefix(&line, "index ")) return Malformed("the index line is missing");
  ASSIGN_OR_RETURN(proof.index, ParseLogNumber("log proof index", line));
  while (true) {
    ASSIGN_OR_RETURN(line, NextLine(text));
    if (line.empty()) break;
    if (proof.path.size() == kMaxProofHashes) return Malformed("the path is longer than 63 hashes");
    const std::optional<Hash> hash = ParseHashLine(line);
    if (!hash) return Malformed("a line of the path is not base64 of 32 bytes");
    proof.path.push_back(*hash);
  }
  proof.checkpoint = std::string(text);
  return proof;
}

absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, absl::string_view entry, const NoteKey& key,
                                           const SignatureVerifier& verify) {
  ASSIGN_OR_RETURN(Checkpoint checkpoint, OpenCheckpoint(proof.checkpoint, key, verify));
  RETURN_IF_ERROR(VerifyInclusion(LeafHash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root));
  return checkpoint;
}

}  // namespace tamga::ledger
