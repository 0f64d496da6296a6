// Signed notes and their keys (c2sp.org/signed-note): a text, an empty line, and lines of signatures.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::ledger {

inline constexpr size_t kMaxNoteBytes = 64 << 10;
inline constexpr size_t kMaxNoteSignatures = 100;
// Signature types.
inline constexpr char kEd25519 = '\x01';      // of a log
inline constexpr char kCosignature = '\x04';  // of a witness (cosignature.h)

// Makes the Ed25519 signature (RFC 8032), 64 bytes, over a text.
using NoteSigner = std::function<std::string(absl::string_view text)>;
// True if `signature` is the Ed25519 signature of `text` by the 32-byte `public_key`.
using SignatureVerifier =
    std::function<bool(absl::string_view public_key, absl::string_view text, absl::string_view signature)>;

// Who signs: a name, and the Ed25519 key that goes with it.
struct NoteKey {
  std::string name;        // not empty, no spaces, no '+'
  std::string public_key;  // 32 bytes
  char type = kEd25519;

  // First 4 bytes of SHA-256(name || 0x0A || type || public key).
  std::string Id() const;
  bool operator==(const NoteKey&) const = default;
};

// "<name>+<id in hex>+<base64 of type and key>".
std::string FormatVkey(const NoteKey& key);
// InvalidArgument, naming what is wrong, for any other text or another signature type.
absl::StatusOr<NoteKey> ParseVkey(absl::string_view vkey, char type = kEd25519);

// OK for a name that a key may have; INVALID_FIELD naming `field` otherwise.
absl::Status CheckKeyName(absl::string_view field, absl::string_view name);

struct NoteSignature {
  std::string name;
  std::string key_id;  // 4 bytes
  std::string signature;
};

struct Note {
  std::string text;  // ends with a newline
  std::vector<NoteSignature> signatures;
};

// Each note has exactly one text: FormatNote(*ParseNote(text)) == text.
absl::StatusOr<Note> ParseNote(absl::string_view text);
std::string FormatNote(const Note& note);

// "<dash> <name> <base64 of key id and signature>" and a newline: a line as it stands in a note.
std::string FormatSignature(const NoteSignature& signature);
// The lines of one signature or more, each with its newline; InvalidArgument for any other text.
absl::StatusOr<std::vector<NoteSignature>> ParseSignatures(absl::string_view lines);

// The note with one signature. `text` must end with a newline.
std::string SignNote(absl::string_view text, const NoteKey& key, const NoteSigner& sign);

// The note, if it has a signature by `key`, of type kEd25519, and each such signature verifies; others are not looked
// at. Otherwise InvalidArgument.
absl::StatusOr<Note> OpenNote(absl::string_view text, const NoteKey& key, const SignatureVerifier& verify);

}  // namespace tamga::ledger
