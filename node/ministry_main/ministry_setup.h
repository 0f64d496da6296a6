// The configuration of tamga-ministry, checked as a whole and with its profile loaded.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "node/cli/profile.h"
#include "tamga/v1/ministry_config.pb.h"

namespace tamga::ministry {

struct MinistrySetup {
  v1::MinistryConfig config;  // effective: defaults filled in, paths absolute
  cli::Profile profile;
};

// Reads the MinistryConfig (protobuf text format) at `path` and the profile that it names; makes nothing. A text that
// cannot be parsed is InvalidArgument with "file:line:column: ..." lines; other mistakes are reported together,
// InvalidArgument (reason CONFIG_INVALID), one "field: what is wrong; how to mend it" a line.
absl::StatusOr<MinistrySetup> LoadMinistrySetup(const std::string& path);

}  // namespace tamga::ministry
