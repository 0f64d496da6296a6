#include "node/main/layer_ground.h"

#include <utility>

#include "absl/time/time.h"

namespace tamga::node {
namespace {

exchange::AccessPolicy AccessOf(const v1::NodeConfig& config) {
  exchange::AccessPolicy access;
  access.own_agency = config.agency();
  access.partner_agencies = PartnersOf(config);
  access.auditor_agencies.assign(config.auditor_agencies().begin(), config.auditor_agencies().end());
  return access;
}

}  // namespace

GroundLayer::GroundLayer(NodeSetup node_setup, const Clock& node_clock, Rng& node_rng)
    : setup(std::move(node_setup)),
      wall(node_clock),
      clock(wall, uptime, absl::Seconds(setup.config.limits().max_clock_skew_s())),
      rng(node_rng),
      trust(setup.trust),
      seal(setup.seal),
      shown_certificates(trust, clock),
      access(AccessOf(setup.config)),
      treaties(std::move(setup.treaties)) {}

std::vector<std::string> PartnersOf(const v1::NodeConfig& config) {
  std::vector<std::string> partners;
  for (const v1::Partner& partner : config.partners()) partners.push_back(partner.agency());
  return partners;
}

}  // namespace tamga::node
