// A folder of treaties:
//   *.txtpb                      treaties, of any version
//   overlays/*.txtpb             States' own law
//   registers/KAZ/NNNN.txtpb     acts of KAZ, with their signatures (act_files.h)
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/treaty_document.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::treaty {

struct TreatySources {
  std::vector<policy::TreatyDocument> treaties;
  std::vector<policy::OverlayDocument> overlays;
  std::map<std::string, std::vector<v1::SignedAct>> acts;  // by State; signatures not checked yet
};

// Reads all of it. What is wrong in any file is told in one message, a finding a line (InvalidArgument, reason
// TREATY_INVALID); NotFound or PermissionDenied if the folder cannot be read. A folder without treaties is no error.
absl::StatusOr<TreatySources> ReadTreatyFolder(const std::string& path);

}  // namespace tamga::treaty
