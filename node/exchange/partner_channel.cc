#include "node/exchange/partner_channel.h"

#include <utility>

namespace tamga::exchange {

PartnerChannel::PartnerChannel(std::string agency, const PartnerCertificates& shown, TlsIdentity identity,
                               Connect connect)
    : agency_(std::move(agency)),
      shown_(shown),
      connect_(std::move(connect)),
      identity_(std::move(identity)),
      channel_(connect_(identity_)) {}

absl::StatusOr<std::shared_ptr<grpc::Channel>> PartnerChannel::ForCall(certs::OldLists old_lists) {
  const absl::Status good = shown_.Check(agency_, old_lists);
  MutexLock lock(mutex_);
  if (good.ok()) return channel_;
  const uint64_t handshake = shown_.Handshakes(agency_);
  // Once for each certificate: the new connection's own pauses are what keeps us from knocking without end. A partner
  // whose list is merely late would show the same again.
  if (handshake != left_behind_ && !shown_.Check(agency_, certs::OldLists::kTaken).ok()) {
    left_behind_ = handshake;
    channel_ = connect_(identity_);
  }
  channel_->GetState(/*try_to_connect=*/true);
  return good;
}

void PartnerChannel::Show(const TlsIdentity& next) {
  MutexLock lock(mutex_);
  identity_ = next;
  channel_ = connect_(identity_);
}

}  // namespace tamga::exchange
