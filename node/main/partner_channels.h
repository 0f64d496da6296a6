// The connections on which a node asks its partners.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/exchange/partner_certificates.h"
#include "node/exchange/partner_channel.h"
#include "node/exchange/peer_stub.h"
#include "node/main/config.h"

namespace tamga::node {

// Partners' channels by agency.
using Channels = std::map<std::string, std::unique_ptr<exchange::PartnerChannel>>;

// They show the identity that the node starts with, and then what PartnerChannel::Show is given. The references outlive
// the channels; `shown` is told the certificates that partners show.
Channels ConnectPartners(const NodeSetup& setup, const certs::CurrentTrust& trust, const Clock& clock,
                         exchange::PartnerCertificates& shown);

exchange::PeerStubs PeerStubsOf(const Channels& channels, const Clock& clock);

}  // namespace tamga::node
