// The configuration of tamga-signer, checked as a whole and with its key opened.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "certs/signer.h"
#include "node/signer/signer_server.h"
#include "tamga/v1/signer_config.pb.h"

namespace tamga::signer {

struct SignerSetup {
  v1::SignerConfig config;  // effective: defaults filled in, paths absolute
  std::unique_ptr<certs::Signer> key;
  ServerRules rules;
};

// Reads the SignerConfig (protobuf text format) at `path` and opens the key that it names. A text that cannot be parsed
// is InvalidArgument with "file:line:column: ..." lines; other mistakes are reported together, InvalidArgument (reason
// CONFIG_INVALID), one "field: what is wrong; how to mend it" a line.
absl::StatusOr<SignerSetup> LoadSignerSetup(const std::string& path);

}  // namespace tamga::signer
