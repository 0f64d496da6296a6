// What a witness of our log is asked.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::witness {

// A witness, wherever it is. Thread-safe. Calls block until the answer, the deadline or an error.
class WitnessPeer {
 public:
  virtual ~WitnessPeer() = default;
  // `body` as of C2SP tlog-witness. A refusal is an answer, with its status.
  virtual absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time deadline) = 0;
};

}  // namespace tamga::witness
