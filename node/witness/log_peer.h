// What nodes ask each other about their logs, over gRPC.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/exchange/partner_channel.h"
#include "node/witness/witness_peer.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::witness {

// A partner's node, as a witness of our log and as the keeper of its own. Thread-safe, and blocks, as a witness does.
class LogPeer : public WitnessPeer {
 public:
  virtual absl::StatusOr<v1::ProveGrowthResponse> ProveGrowth(uint64_t old_size, absl::Time deadline) = 0;
};

// Deadlines are by `clock`. Both outlive the peer. It talks to a partner for whose certificate there is no current
// list: what it answers is signed by its log or its witness, and a node whose lists have grown old, as one restored
// from a backup, is to learn all the same that its log is not what others have seen.
std::unique_ptr<LogPeer> MakeGrpcLogPeer(exchange::PartnerChannel& channel, const Clock& clock);

}  // namespace tamga::witness
