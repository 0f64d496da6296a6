// Files that commands leave behind.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::cli {

inline constexpr unsigned kPublicMode = 0644;
inline constexpr unsigned kSecretMode = 0600;

struct OutputFile {
  std::string path;
  std::string content;
  unsigned mode = kPublicMode;
};

// Writes them all, making folders as needed. AlreadyExists (FILE_EXISTS), with nothing written, if one is there and
// `replace` is false.
absl::Status WriteOutputFiles(const std::vector<OutputFile>& files, bool replace);

// How a file in `folder` should name `path`: relative to the folder if it lies below it, so that the folder can be
// moved; absolute otherwise.
std::string PathSeenFrom(absl::string_view folder, absl::string_view path);

// The folder of a path, "." if it has none.
std::string FolderOf(absl::string_view path);

}  // namespace tamga::cli
