#include "node/store/blind_index.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/hkdf.h"

namespace tamga::store {
namespace {

constexpr size_t kKeyBytes = 32;

enum class Form { kClear, kToken };

struct Field {
  absl::string_view name;
  Form form;
};

// All fields of exchange.db that can hold such an identifier; docs/identity.md has the same table. In clear is only
// what a node makes itself and what says nothing about a person.
constexpr Field kFields[] = {
    {"record/alert", Form::kToken},               // the issuer's number of an alert
    {"record/readmission-key", Form::kToken},     // idempotency key of an own caller
    {"record/trafficking-key", Form::kToken},     // idempotency key of an own caller
    {"record/safeguard-filing", Form::kToken},    // document, name with date of birth, or case, of a protected person
    {"record/safeguard-key", Form::kToken},       // idempotency key of an own caller
    {"record/transit-key", Form::kToken},         // idempotency key of an own caller
    {"inbox_key", Form::kToken},                  // idempotency key of a partner's caller
    {"outbox_order", Form::kToken},               // what messages to a partner keep their order by
    {"record/readmission", Form::kClear},         // UUIDv7, of the node that first held the case
    {"record/trafficking", Form::kClear},         // UUIDv7, of the node that first held the case
    {"record/transit", Form::kClear},             // UUIDv7, of the node that first held the case
    {"record/safeguard", Form::kClear},           // UUIDv7, of this node
    {"record/attachment", Form::kClear},          // UUIDv7 of the case and, by a node, of the attachment
    {"record/attachment-open", Form::kClear},     // the same
    {"record/attachment-block", Form::kClear},    // the same, and a number
    {"record/attachment-sending", Form::kClear},  // partner's agency, UUIDv7 of the attachment
    {"record/message", Form::kClear},             // partner's agency, exchange id (UUIDv7), kind of entry
    {"record/approval", Form::kClear},            // keyed hash of what is asked (Pseudonyms::OfApproval)
    {"record/timestamp", Form::kClear},           // size of the log; its order is relied upon
    {"record/revocations", Form::kClear},         // State and hash of an issuer's key
    {"record/treaty-holdings", Form::kClear},     // one constant
    {"record/trust", Form::kClear},               // one constant
    {"record/seal", Form::kClear},                // one constant
};

bool IsInClear(absl::string_view name) {
  const Field* field =
      std::find_if(std::begin(kFields), std::end(kFields), [name](const Field& each) { return each.name == name; });
  return field != std::end(kFields) && field->form == Form::kClear;
}

}  // namespace

BlindIndex::~BlindIndex() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string BlindIndex::OfRecord(absl::string_view kind, absl::string_view id) const {
  return Stored(absl::StrCat("record/", kind), id);
}

// An agency's name has no line break. Without it, one key of two senders would show as the same.
std::string BlindIndex::OfIdempotencyKey(absl::string_view sender, absl::string_view key) const {
  return Stored("inbox_key", absl::StrCat(sender, "\n", key));
}

std::string BlindIndex::OfOrderKey(absl::string_view partner, absl::string_view key) const {
  return key.empty() ? std::string() : Stored("outbox_order", absl::StrCat(partner, "\n", key));
}

std::string BlindIndex::Stored(const std::string& field, absl::string_view value) const {
  if (IsInClear(field)) return std::string(value);
  absl::StatusOr<std::string> field_key = HkdfExpand(key_, absl::StrCat("tamga/blind-index/v1 ", field), kKeyBytes);
  TAMGA_CHECK(field_key.ok());  // fails for longer outputs alone
  std::string token = HexEncode(HmacSha256(*field_key, value));
  OPENSSL_cleanse(field_key->data(), field_key->size());
  return token;
}

}  // namespace tamga::store
