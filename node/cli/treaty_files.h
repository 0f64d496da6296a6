// Treaty files named on a command line.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/treaty_document.h"
#include "policy/treaty_set.h"

namespace tamga::cli {

// The files themselves, and the *.txtpb in the folders. NotFound for a path that is not there, InvalidArgument for a
// folder without treaties.
absl::StatusOr<std::vector<std::string>> FindTreatyFiles(const std::vector<std::string>& paths);

// policy::ReadTreaty of the file.
absl::StatusOr<policy::TreatyDocument> ReadTreatyFile(const std::string& path);

// All treaties of a folder.
absl::StatusOr<policy::TreatySet> LoadTreatyFolder(const std::string& folder);

}  // namespace tamga::cli
