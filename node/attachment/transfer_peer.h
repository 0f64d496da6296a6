// The way of bytes to a partner's node.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/exchange/partner_channel.h"
#include "tamga/v1/attachment.pb.h"

namespace tamga::attachment {

// Fills in the next piece; false if there is none. An error ends the call and is returned.
using NextPiece = std::function<absl::StatusOr<bool>(v1::AttachmentChunk*)>;

// Thread-safe.
class TransferPeer {
 public:
  virtual ~TransferPeer() = default;
  // Blocks until the partner has said what came of it, the deadline, or Stop. Unavailable, DeadlineExceeded or
  // Cancelled if it did not say; else what it said.
  virtual absl::StatusOr<v1::AttachmentTransferred> Send(const NextPiece& next, absl::Time deadline) = 0;
  // Ends calls under way, and all later ones.
  virtual void Stop() = 0;
};

// Partners by agency.
using TransferPeers = std::map<std::string, std::unique_ptr<TransferPeer>>;

// Deadlines are by `clock`. Both outlive the peer.
std::unique_ptr<TransferPeer> MakeGrpcTransferPeer(exchange::PartnerChannel& channel, const Clock& clock);

}  // namespace tamga::attachment
