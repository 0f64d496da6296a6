// A State's register as files, two for each act: NNNN.txtpb is the instrument, byte for byte as it was signed, and
// NNNN.sig the rest of its SignedAct in protobuf text format. NNNN is the act's number with at least four digits.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::treaty {

// By number. Neither signatures nor chain are checked here. InvalidArgument with reason ACT_UNSIGNED if an instrument
// has no signatures beside it, ACT_MALFORMED if they cannot be read or have no instrument.
absl::StatusOr<std::vector<v1::SignedAct>> ReadActFiles(const std::string& folder);

// Makes the folder if it is missing, writes both files, the signatures last.
absl::Status WriteActFiles(const std::string& folder, const v1::SignedAct& act);

}  // namespace tamga::treaty
