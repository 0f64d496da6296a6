// The connections on which a node asks its partners.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "certs/current_trust.h"
#include "grpcpp/channel.h"
#include "node/base/clock.h"
#include "node/exchange/partner_certificates.h"
#include "node/exchange/peer_stub.h"
#include "node/exchange/tls_material.h"
#include "node/main/config.h"

namespace tamga::node {

// Partners' channels by agency.
using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;

// Shows the identity that `tls` holds, also a later one. The references outlive the channels; `shown` is told the
// certificates that partners show.
Channels ConnectPartners(const NodeSetup& setup, const exchange::TlsMaterial& tls, const certs::CurrentTrust& trust,
                         const Clock& clock, exchange::PartnerCertificates& shown);

exchange::PeerStubs PeerStubsOf(const Channels& channels, const Clock& clock,
                                const exchange::PartnerCertificates& shown);

}  // namespace tamga::node
