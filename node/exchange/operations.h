// What each operation carries: the one table that ties operations to record kinds, message types and handlers.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tamga/v1/common.pb.h"

namespace tamga::exchange {

// What becomes of a request that cannot be delivered at once.
enum class Delivery {
  kNow,      // it fails: the answer is worth something only now
  kDeferred  // it waits in the outbox and is sent until it is answered or expires
};

struct OperationType {
  v1::Operation operation;
  v1::RecordKind record_kind;
  const google::protobuf::Message& request;  // prototype
  const google::protobuf::Message& result;   // prototype
  Delivery delivery;

  // From issue to expiry of a request.
  absl::Duration Life() const;
};

// Longest life of any message.
inline constexpr absl::Duration kLongestLife = absl::Hours(24 * 7);

// nullptr for an operation that this version does not know.
const OperationType* FindOperation(v1::Operation operation);

// Parses `bytes` as the type of `prototype`; INVALID_BODY if they are not of that type, hold unknown fields, or a time
// outside the years 1 to 9999.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ParseStrictly(const google::protobuf::Message& prototype,
                                                                         const std::string& bytes);

}  // namespace tamga::exchange
