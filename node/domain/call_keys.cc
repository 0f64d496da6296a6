#include "node/domain/call_keys.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::domain {
namespace {

constexpr size_t kHashBytes = 32;

}  // namespace

std::string HashOf(const google::protobuf::Message& request) {
  return Sha256(absl::StrCat(request.GetTypeName(), "\n", request.SerializeAsString()));
}

absl::StatusOr<std::optional<std::string>> CallKeys::Find(const KeyedCall& call) const {
  if (call.key.empty()) return std::nullopt;
  const absl::StatusOr<store::Record> record = records_.Get(kind_, call.key);
  if (absl::IsNotFound(record.status())) return std::nullopt;
  RETURN_IF_ERROR(record.status());
  if (record->body.substr(0, kHashBytes) != HashOf(call.request)) {
    return Error(absl::StatusCode::kAlreadyExists, "IDEMPOTENCY_MISMATCH",
                 "context.idempotency_key: was used for another request; use a new key for each new request");
  }
  return record->body.substr(kHashBytes);
}

absl::StatusOr<std::string> CallKeys::IdOf(absl::string_view key) const {
  ASSIGN_OR_RETURN(const store::Record record, records_.Get(kind_, key));
  return record.body.substr(kHashBytes);
}

store::Effects CallKeys::Remember(const KeyedCall& call, absl::string_view id, absl::Time now) const {
  if (call.key.empty()) return {};
  return records_.Put(kind_, call.key, 0, absl::StrCat(HashOf(call.request), id), now);
}

}  // namespace tamga::domain
