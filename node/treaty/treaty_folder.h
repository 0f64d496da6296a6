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
#include "tamga/v1/treaty_exchange.pb.h"

namespace tamga::treaty {

struct TreatySources {
  std::vector<policy::TreatyDocument> treaties;
  std::vector<policy::OverlayDocument> overlays;
  std::map<std::string, std::vector<v1::SignedAct>> acts;  // by State; signatures not checked yet
  std::map<std::string, std::string> texts;                // of treaties and overlays, as they came, by SHA-256
};

// Reads all of it. What is wrong in any file is told in one message, a finding a line (InvalidArgument, reason
// TREATY_INVALID); NotFound or PermissionDenied if the folder cannot be read. A folder without treaties is no error.
absl::StatusOr<TreatySources> ReadTreatyFolder(const std::string& path);

// A bundle's texts and acts, read as strictly; the first mistake is the error (those of policy::ReadTreaty,
// policy::ReadOverlay and policy::CheckActForm).
absl::StatusOr<TreatySources> SourcesOf(const v1::TreatyBundle& bundle);

// What the folder calls the file of a text: "tamga-charter-v1-0123456789abcdef.txtpb".
std::string TextFileName(const policy::TreatyDocument& document);
std::string TextFileName(const policy::OverlayDocument& document);

// Adds texts and acts, so that all of it lasts when this returns: texts first, then each State's acts in their order.
// Wherever it breaks off, the folder can be read, and the same call again completes it. FailedPrecondition
// (TREATY_FILE_DIFFERS) if the folder has another act under a number that is to be written; the errors of the disk
// otherwise.
absl::Status AddToTreatyFolder(const std::string& path, const TreatySources& additions);

}  // namespace tamga::treaty
