// What nodes ask each other about their logs.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::witness {

// A partner's node, as a witness of our log and as the keeper of its own. Thread-safe. Calls block until the answer,
// the deadline or an error.
class LogPeer {
 public:
  virtual ~LogPeer() = default;
  // `body` as of C2SP tlog-witness.
  virtual absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time deadline) = 0;
  virtual absl::StatusOr<v1::ProveGrowthResponse> ProveGrowth(uint64_t old_size, absl::Time deadline) = 0;
};

std::unique_ptr<LogPeer> MakeGrpcLogPeer(std::shared_ptr<grpc::Channel> channel);

}  // namespace tamga::witness
