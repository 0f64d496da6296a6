#include "node/enrolment/renewal_loop.h"

#include <chrono>
#include <string>

#include "node/base/text.h"
#include "node/enrolment/authority_client.h"

namespace tamga::enrolment {
namespace {

constexpr std::chrono::seconds kPause{1};
constexpr absl::Duration kTimeout = absl::Seconds(10);

EnrollerParts PartsOf(const v1::NodeConfig& config, const certs::TrustStore& trust, const Clock& clock, Rng& rng) {
  const AuthorityEndpoint authority{config.enrolment().authority_address(), StateOf(config.agency())};
  return {{config.tls().certificate_file(), config.tls().key_file()},
          config.enrolment().renew_after_percent(),
          trust,
          clock,
          rng,
          [authority, &trust, &clock](const exchange::TlsIdentity& current, absl::string_view csr) {
            return AskForCertificate(ConnectAuthority(authority, trust, clock, current), csr, "", kTimeout);
          }};
}

}  // namespace

RenewalLoop::RenewalLoop(const v1::NodeConfig& config, const certs::TrustStore& trust, const Clock& clock, Rng& rng)
    : enroller_(PartsOf(config, trust, clock, rng)),
      thread_(kPause, RepeatingThread::First::kAtOnce, [this] { enroller_.RenewIfDue(); }) {}

}  // namespace tamga::enrolment
