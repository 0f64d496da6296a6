// What an auditor keeps between two visits, so that a log cannot show another past the second time.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/cli/output_files.h"

namespace tamga::cli {

struct RememberedLog {
  std::string vkey;        // whom the checkpoint must be signed by
  std::string checkpoint;  // signed note
};

// Nothing if there is no such file yet; InvalidArgument if it was not written by RememberedLogFile, or was changed
// since.
absl::StatusOr<std::optional<RememberedLog>> LoadRememberedLog(const std::string& path);

// One line with the key, then the note.
OutputFile RememberedLogFile(const std::string& path, const RememberedLog& log);

}  // namespace tamga::cli
