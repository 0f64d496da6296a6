// The key of a seal as a configuration names it. Shared by tamga-node and tamga-signer, and so without gRPC.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "certs/signer.h"
#include "node/main/mistakes.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

// The key in a token, with absolute paths. Null if it cannot be used, which is then among the mistakes.
std::unique_ptr<certs::Signer> OpenTokenKey(absl::string_view field, const v1::Pkcs11Key& key, Mistakes& mistakes);

// The key in a PEM file of mode 0600 or stricter. Null if it cannot be used, which is then among the mistakes.
std::unique_ptr<certs::Signer> OpenKeyFile(absl::string_view field, const std::string& path, Mistakes& mistakes);

}  // namespace tamga::node
