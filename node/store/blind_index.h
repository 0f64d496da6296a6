// Which identifiers stand in exchange.db as they are, and which as a token that only this node can make.
//
// Who calls chooses some identifiers himself, and may put a person into one ("passport-N1234567"). Of these the
// database gets an HMAC-SHA-256 under a key of the field's own: the same id can be looked up exactly, nobody without
// the key can try ids out, and one id in two fields has two tokens. The id itself, where it is needed again, is in the
// sealed body. Tokens have no order of their own; what is to be listed in order is ordered by its time.
//
// The key is one of KeyStore::KeyFor, and so the same whatever wraps it. Tokens stay good when agency and vault keys
// are replaced, and are as good as lost without keys.db.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tamga::store {

// Thread-safe.
class BlindIndex {
 public:
  explicit BlindIndex(absl::string_view key) : key_(key) {}
  ~BlindIndex();
  BlindIndex(const BlindIndex&) = delete;
  BlindIndex& operator=(const BlindIndex&) = delete;

  // As what the id of a record of this kind is stored: itself, or its token of 64 hex digits. The table in
  // blind_index.cc says which; a kind that is not in it gets tokens.
  std::string OfRecord(absl::string_view kind, absl::string_view id) const;

  // The token of the idempotency key of another agency's message.
  std::string OfIdempotencyKey(absl::string_view sender, absl::string_view key) const;

  // The token of what messages to another agency keep their order by. Empty if the key is.
  std::string OfOrderKey(absl::string_view partner, absl::string_view key) const;

 private:
  std::string Stored(const std::string& field, absl::string_view value) const;

  std::string key_;
};

}  // namespace tamga::store
