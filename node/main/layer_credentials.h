// What a node shows and seals with.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "node/exchange/tls_identity.h"
#include "node/exchange/tls_material.h"
#include "node/main/credentials.h"
#include "node/main/layer_trust.h"
#include "node/main/seal_record.h"

namespace tamga::node {

struct CredentialLayer : TrustLayer {
  using TrustLayer::TrustLayer;

  // `tls_changed`: see CredentialParts.
  absl::Status OpenCredentials(std::function<absl::Status(const exchange::TlsIdentity&)> tls_changed);

  std::unique_ptr<exchange::TlsMaterial> tls;
  std::unique_ptr<SealRecord> seal_record;
  std::unique_ptr<Credentials> credentials;
};

}  // namespace tamga::node
