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
// has no signatures beside it, ACT_MALFORMED if they cannot be read. Signatures without an instrument are no act: a
// crash while an act is written leaves them.
absl::StatusOr<std::vector<v1::SignedAct>> ReadActFiles(const std::string& folder);

// The act whose instrument is this file, as in ReadActFiles.
absl::StatusOr<v1::SignedAct> ReadActFile(const std::string& instrument);

// Makes the folder if it is missing, writes both files, the signatures first: an instrument without them could not be
// read.
absl::Status WriteActFiles(const std::string& folder, const v1::SignedAct& act);

// Where the act's instrument is.
std::string ActFilePath(const std::string& folder, const v1::SignedAct& act);

}  // namespace tamga::treaty
