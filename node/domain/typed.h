// From bytes to the message they are: bodies that a partner sent, and records that this node stored.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/operations.h"
#include "node/store/records.h"

namespace tamga::domain {

// The body of a partner's message; INVALID_BODY if it is not a T or holds fields that this version does not know.
template <typename T>
absl::StatusOr<T> ParseBody(const std::string& bytes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> message,
                   exchange::ParseStrictly(T::default_instance(), bytes));
  return static_cast<const T&>(*message);
}

// The message in a stored record; DataLoss (reason RECORD_DAMAGED) if it is not a T.
template <typename T>
absl::StatusOr<T> ParseStored(const store::Record& record) {
  T message;
  if (message.ParseFromString(record.body)) return message;
  return Error(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
               absl::StrCat("the stored ", record.kind, " record ", record.id, " cannot be read; restore the backup"));
}

}  // namespace tamga::domain
