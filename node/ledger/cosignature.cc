#include "node/ledger/cosignature.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"

namespace tamga::ledger {
namespace {

constexpr size_t kTimeBytes = 8;
constexpr size_t kSignatureBytes = 64;

// What is signed.
std::string CosignedText(uint64_t time, absl::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", time, "\n", text);
}

std::string TimeBytes(uint64_t time) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(time >> shift & 0xff));
  return bytes;
}

uint64_t ReadTime(absl::string_view bytes) {
  uint64_t time = 0;
  for (const char byte : bytes) time = time << 8 | static_cast<unsigned char>(byte);
  return time;
}

}  // namespace

NoteSignature Cosign(absl::string_view text, const NoteKey& key, uint64_t time, const NoteSigner& sign) {
  TAMGA_CHECK(key.type == kCosignature);
  return {key.name, key.Id(), absl::StrCat(TimeBytes(time), sign(CosignedText(time, text)))};
}

absl::StatusOr<uint64_t> CosignedAt(const Note& note, const NoteKey& witness, const SignatureVerifier& verify) {
  const std::string id = witness.Id();
  std::optional<uint64_t> latest;
  for (const NoteSignature& line : note.signatures) {
    if (line.name != witness.name || line.key_id != id) continue;
    const auto malformed = [&](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat("cosignature of ", witness.name, ": ", what));
    };
    if (line.signature.size() != kTimeBytes + kSignatureBytes) return malformed("is not 72 bytes");
    const uint64_t time = ReadTime(absl::string_view(line.signature).substr(0, kTimeBytes));
    if (time > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return malformed("its time is above 2^63");
    if (!verify(witness.public_key, CosignedText(time, note.text), line.signature.substr(kTimeBytes))) {
      return malformed("does not verify");
    }
    latest = std::max(latest.value_or(0), time);
  }
  if (latest) return *latest;
  return absl::NotFoundError(absl::StrCat("not cosigned by ", witness.name));
}

}  // namespace tamga::ledger
