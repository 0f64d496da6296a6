#include "node/main/layer_credentials.h"

#include <utility>

#include "node/base/status_macros.h"

namespace tamga::node {

// After the stores, whose lock keeps another node from the folder.
absl::Status CredentialLayer::OpenCredentials(std::function<absl::Status(const exchange::TlsIdentity&)> tls_changed) {
  ASSIGN_OR_RETURN(tls, exchange::TlsMaterial::Open(setup.config.tls_runtime_dir(), setup.tls));
  seal_record = std::make_unique<SealRecord>(setup.config.agency(), *records, *sequencer, clock, rng);
  credentials = std::make_unique<Credentials>(
      CredentialParts{setup.config, trust, clock, *tls, seal, setup.extra_seals.signers, std::move(tls_changed),
                      [this](const certs::Seal& next) { return seal_record->Use(next); },
                      [this] { return trust_keeper->TrustedUntil(); }},
      setup.tls);
  return absl::OkStatus();
}

}  // namespace tamga::node
