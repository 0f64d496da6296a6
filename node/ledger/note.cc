#include "node/ledger/note.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::ledger {
namespace {

constexpr absl::string_view kDash = "\xE2\x80\x94 ";  // em dash and space
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kKeyBytes = 32;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("signed note: ", what));
}

bool HasControlCharacters(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

// "<dash> <name> <base64>" without its newline.
absl::StatusOr<NoteSignature> ParseSignature(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, kDash)) return Malformed("a signature line does not begin with a dash and a space");
  const size_t space = line.find(' ');
  if (space == absl::string_view::npos) return Malformed("a signature line lacks its signature");
  NoteSignature signature;
  signature.name = std::string(line.substr(0, space));
  RETURN_IF_ERROR(CheckKeyName("signature name", signature.name));
  const absl::StatusOr<std::string> blob = Base64Decode(line.substr(space + 1));
  if (!blob.ok() || blob->size() <= kKeyIdBytes)
    return Malformed("a signature is not base64 of a key id and signature");
  signature.key_id = blob->substr(0, kKeyIdBytes);
  signature.signature = blob->substr(kKeyIdBytes);
  return signature;
}

}  // namespace

absl::Status CheckKeyName(absl::string_view field, absl::string_view name) {
  // Stricter than the specification: ASCII only, so that no Unicode space needs a table.
  const bool fits = !name.empty() && name.size() <= 255 &&
                    std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '+'; });
  if (fits) return absl::OkStatus();
  return InvalidField(field, "must be 1 to 255 printable ASCII characters without spaces and '+'");
}

std::string NoteKey::Id() const {
  return Sha256(absl::StrCat(name, "\n", std::string(1, type), public_key)).substr(0, kKeyIdBytes);
}

std::string FormatVkey(const NoteKey& key) {
  return absl::StrCat(key.name, "+", HexEncode(key.Id()), "+",
                      Base64Encode(absl::StrCat(std::string(1, key.type), key.public_key)));
}

absl::StatusOr<NoteKey> ParseVkey(absl::string_view vkey, char type) {
  // Base64 may hold '+': only the first two divide.
  const std::vector<std::string> parts = absl::StrSplit(vkey, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return absl::InvalidArgumentError("vkey: must be <name>+<key id>+<key>");
  RETURN_IF_ERROR(CheckKeyName("vkey name", parts[0]));
  const absl::StatusOr<std::string> typed_key = Base64Decode(parts[2]);
  if (!typed_key.ok() || typed_key->size() != 1 + kKeyBytes || typed_key->front() != type) {
    return absl::InvalidArgumentError(absl::StrCat("vkey: the key must be base64 of the type 0x0", int{type},
                                                   type == kEd25519 ? " (a log's)" : " (a witness's)",
                                                   " and 32 bytes of Ed25519"));
  }
  NoteKey key{parts[0], typed_key->substr(1), type};
  if (HexEncode(key.Id()) != parts[1]) return absl::InvalidArgumentError("vkey: the key id does not fit name and key");
  return key;
}

absl::StatusOr<Note> ParseNote(absl::string_view text) {
  if (text.size() > kMaxNoteBytes) return Malformed(absl::StrCat("longer than ", kMaxNoteBytes, " bytes"));
  if (!IsUtf8(text) || HasControlCharacters(text)) return Malformed("holds control characters or is not UTF-8");
  const size_t separator = text.rfind("\n\n");
  if (separator == absl::string_view::npos) return Malformed("no empty line before the signatures");
  Note note;
  note.text = std::string(text.substr(0, separator + 1));
  ASSIGN_OR_RETURN(note.signatures, ParseSignatures(text.substr(separator + 2)));
  return note;
}

std::string FormatNote(const Note& note) {
  std::string text = absl::StrCat(note.text, "\n");
  for (const NoteSignature& signature : note.signatures) absl::StrAppend(&text, FormatSignature(signature));
  return text;
}

std::string FormatSignature(const NoteSignature& signature) {
  return absl::StrCat(kDash, signature.name, " ", Base64Encode(absl::StrCat(signature.key_id, signature.signature)),
                      "\n");
}

absl::StatusOr<std::vector<NoteSignature>> ParseSignatures(absl::string_view lines) {
  if (lines.size() > kMaxNoteBytes) return Malformed(absl::StrCat("longer than ", kMaxNoteBytes, " bytes"));
  if (!absl::ConsumeSuffix(&lines, "\n")) return Malformed("the last line lacks its newline");
  std::vector<NoteSignature> signatures;
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    if (signatures.size() == kMaxNoteSignatures) return Malformed("too many signatures");
    ASSIGN_OR_RETURN(NoteSignature signature, ParseSignature(line));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

std::string SignNote(absl::string_view text, const NoteKey& key, const NoteSigner& sign) {
  return FormatNote({std::string(text), {{key.name, key.Id(), sign(text)}}});
}

absl::StatusOr<Note> OpenNote(absl::string_view text, const NoteKey& key, const SignatureVerifier& verify) {
  ASSIGN_OR_RETURN(Note note, ParseNote(text));
  const std::string id = key.Id();
  bool verified = false;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name || signature.key_id != id) continue;
    if (!verify(key.public_key, note.text, signature.signature)) {
      return Malformed(absl::StrCat("the signature of ", key.name, " does not verify"));
    }
    verified = true;
  }
  if (!verified) return Malformed(absl::StrCat("not signed by ", key.name));
  return note;
}

}  // namespace tamga::ledger
