// The lowest layer of a node: what it was started with.
//
// A node is built in layers, in the order of the design. Each is a struct that derives from the one it stands on:
//
//   ground ← stores ← trust ← credentials ← logs ← door ← services ← audit ← background ← edge ← Node::Parts
//
// So each part knows only those below it, and destruction goes from the edge to the ground, within a layer from the
// last part to the first: calls end before the workers, the workers before the log, and the log before the files. What
// a layer needs of one above it, it is given as a function. A part is null until the step that makes it; Node::Start
// has the order of the steps, which is not everywhere that of the layers.
#pragma once

#include <string>
#include <vector>

#include "certs/current_seal.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/clock_watch.h"
#include "node/base/rng.h"
#include "node/exchange/access.h"
#include "node/exchange/partner_certificates.h"
#include "node/main/config.h"
#include "node/treaty/current_treaties.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

struct GroundLayer {
  // The clock and the randomness outlive the node.
  GroundLayer(NodeSetup node_setup, const Clock& node_clock, Rng& node_rng);
  GroundLayer(const GroundLayer&) = delete;
  GroundLayer& operator=(const GroundLayer&) = delete;

  NodeSetup setup;
  const Clock& wall;
  const SystemUptime uptime;
  ClockWatch clock;
  Rng& rng;
  certs::CurrentTrust trust;
  certs::CurrentSeal seal;
  exchange::PartnerCertificates shown_certificates;
  const exchange::AccessPolicy access;
  treaty::CurrentTreaties treaties;
};

std::vector<std::string> PartnersOf(const v1::NodeConfig& config);

}  // namespace tamga::node
