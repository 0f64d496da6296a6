// Idempotency keys of the own agency's calls: the same key with the same request has one effect.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "node/store/effects.h"
#include "node/store/records.h"

namespace tamga::domain {

// 32 bytes: which method and which content, since each request message belongs to one method.
std::string HashOf(const google::protobuf::Message& request);

// A call with the key that its caller gave it; an empty key means that the call is not to be recognised again.
struct KeyedCall {
  absl::string_view key;
  const google::protobuf::Message& request;
};

// What a call asks for, whatever key it came with: 32 bytes. For exchange::Outgoing.
template <typename Request>
std::string ContentOf(Request request) {
  request.mutable_context()->clear_idempotency_key();
  return HashOf(request);
}

// Remembers, under the caller's key, which record a call was about. Thread-safe as `records` is.
class CallKeys {
 public:
  // `kind` is the kind of record that holds the keys, such as "readmission-key". `records` outlives this.
  CallKeys(std::string kind, store::Records& records) : kind_(std::move(kind)), records_(records) {}

  // The id remembered for this call; nothing for a call not seen before. AlreadyExists (reason IDEMPOTENCY_MISMATCH)
  // if the key came with another request.
  absl::StatusOr<std::optional<std::string>> Find(const KeyedCall& call) const;

  // The id remembered under `key`, whatever the request was; NotFound if there is none.
  absl::StatusOr<std::string> IdOf(absl::string_view key) const;

  // Remembers `id` for this call, unless its key is empty. The commit fails with Aborted (reason VERSION_CONFLICT) if
  // the same key was remembered in the meantime.
  store::Effects Remember(const KeyedCall& call, absl::string_view id, absl::Time now) const;

 private:
  const std::string kind_;
  store::Records& records_;
};

}  // namespace tamga::domain
