#include "node/main/partner_channels.h"

#include "grpcpp/create_channel.h"
#include "node/exchange/tls.h"

namespace tamga::node {

Channels ConnectPartners(const NodeSetup& setup, const certs::CurrentTrust& trust, const Clock& clock,
                         exchange::PartnerCertificates& shown) {
  Channels channels;
  const int most_bytes = static_cast<int>(setup.config.limits().max_message_bytes());
  for (const v1::Partner& partner : setup.config.partners()) {
    channels[partner.agency()] = std::make_unique<exchange::PartnerChannel>(
        partner.agency(), shown, setup.tls,
        [partner, most_bytes, &trust, &clock, &shown](const exchange::TlsIdentity& identity) {
          return grpc::CreateCustomChannel(
              partner.address(), exchange::MakeChannelCredentials(identity, trust, clock, partner.agency(), &shown),
              exchange::NodeChannelArguments(most_bytes));
        });
  }
  return channels;
}

exchange::PeerStubs PeerStubsOf(const Channels& channels, const Clock& clock) {
  exchange::PeerStubs stubs;
  for (const auto& [agency, channel] : channels) stubs[agency] = exchange::MakeGrpcPeerStub(*channel, clock);
  return stubs;
}

}  // namespace tamga::node
