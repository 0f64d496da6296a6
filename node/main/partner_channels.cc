#include "node/main/partner_channels.h"

#include "grpcpp/create_channel.h"
#include "node/exchange/tls.h"

namespace tamga::node {

Channels ConnectPartners(const NodeSetup& setup, const exchange::TlsMaterial& tls, const certs::CurrentTrust& trust,
                         const Clock& clock, exchange::PartnerCertificates& shown) {
  Channels channels;
  for (const v1::Partner& partner : setup.config.partners()) {
    channels[partner.agency()] = grpc::CreateCustomChannel(
        partner.address(), exchange::MakeChannelCredentials(tls.provider(), trust, clock, partner.agency(), &shown),
        exchange::NodeChannelArguments(static_cast<int>(setup.config.limits().max_message_bytes())));
  }
  return channels;
}

exchange::PeerStubs PeerStubsOf(const Channels& channels, const Clock& clock,
                                const exchange::PartnerCertificates& shown) {
  exchange::PeerStubs stubs;
  for (const auto& [agency, channel] : channels) {
    stubs[agency] =
        exchange::MakeGrpcPeerStub(channel, clock, [agency = agency, &shown] { return shown.Check(agency); });
  }
  return stubs;
}

}  // namespace tamga::node
