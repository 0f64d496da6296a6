// Treaties named on a command line.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/cli/environment.h"
#include "node/treaty/treaty_library.h"
#include "policy/treaty_document.h"

namespace tamga::cli {

// The files themselves, and the *.txtpb in the folders. NotFound for a path that is not there, InvalidArgument for a
// folder without treaties.
absl::StatusOr<std::vector<std::string>> FindTreatyFiles(const std::vector<std::string>& paths);

// policy::ReadTreaty of the file.
absl::StatusOr<policy::TreatyDocument> ReadTreatyFile(const std::string& path);

// All treaty offices (*.txtpb) of a folder.
absl::StatusOr<treaty::Offices> ReadOffices(const std::string& folder);

// A folder of treaties with its registers (node/treaty/treaty_folder.h), believed by the offices in its subfolder
// offices/. That it has no registers, or no offices, is a finding. `skew`: see policy::View.
absl::StatusOr<treaty::TreatyLibrary> LoadTreatyFolder(const std::string& folder,
                                                       absl::Duration skew = absl::ZeroDuration());

// What of the treaties, acts and offices has no effect, each a note on stderr.
void SayFindings(Environment& environment, const treaty::TreatyLibrary& library);

// OK if there is any treaty text; InvalidArgument (NO_TREATIES) otherwise: by none nothing is permitted, which must not
// look like an answer.
absl::Status CheckHoldsTreaties(const treaty::TreatyLibrary& library, const std::string& folder);

// Whether acts of the State are at hand, believed by its office.
bool HasActsOf(const treaty::TreatyLibrary& library, const std::string& state);

}  // namespace tamga::cli
