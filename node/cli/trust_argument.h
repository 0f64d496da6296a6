// --trust STATE=FILE: whose roots stand in which file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/trust_store.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::cli {

// The roots that the arguments name, each "KAZ=roots.pem"; InvalidArgument naming --trust as below.
absl::StatusOr<certs::TrustStore> ReadTrustArguments(const std::vector<std::string>& arguments);

// Each is "KAZ=roots.pem"; the path is rewritten as seen from `folder`. InvalidArgument naming --trust unless the file
// holds root certificates and each State stands there once.
absl::StatusOr<std::vector<v1::TrustBundle>> ParseTrustArguments(const std::vector<std::string>& arguments,
                                                                 absl::string_view folder);

}  // namespace tamga::cli
