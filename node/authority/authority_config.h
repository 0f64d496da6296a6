// The configuration of tamga-authority, checked as a whole and with everything that it names loaded.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/issuing_authority.h"
#include "certs/trust_store.h"
#include "node/authority/registrar.h"
#include "tamga/v1/authority_config.pb.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::authority {

struct AuthoritySetup {
  v1::AuthorityConfig config;  // effective: lifetimes filled in, paths absolute
  v1::Limits limits;           // a node's usual ones
  certs::IssuingAuthority issuer;
  certs::TrustStore trust;  // the State's root
  Lifetimes lifetimes;
};

// Reads the AuthorityConfig (protobuf text format, at most 1 MiB) at `path`. Errors are as those of
// node::LoadNodeSetup: all mistakes in one message, reason CONFIG_INVALID, no secrets. Makes the data folder.
absl::StatusOr<AuthoritySetup> LoadAuthoritySetup(const std::string& path, absl::Time now);

}  // namespace tamga::authority
