// A log's or witness's key from its name. For tests only; a program that uses it links tamga_certs, which the ledger
// itself does not know.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/encoding.h"
#include "node/ledger/note.h"

namespace tamga::ledger {

// A key whose seed is SHA-256(name || type), as in tests/data/tlog/golden-70000.
class TestLogKey {
 public:
  explicit TestLogKey(absl::string_view name, char type = kEd25519)
      : secret_(std::make_shared<const certs::Ed25519Key>(
            certs::Ed25519Key::FromSeed(Sha256(absl::StrCat(name, std::string(1, type)))).value())) {
    key_.name = std::string(name);
    key_.type = type;
    key_.public_key = secret_->public_key();
  }

  const NoteKey& key() const { return key_; }

  NoteSigner signer() const {
    return [secret = secret_](absl::string_view text) { return secret->Sign(text); };
  }

 private:
  std::shared_ptr<const certs::Ed25519Key> secret_;
  NoteKey key_;
};

}  // namespace tamga::ledger
