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

// OK if the file can be written, as far as can be told without writing it: for commands whose result comes only once.
// Makes nothing. AlreadyExists (FILE_EXISTS) as below; InvalidArgument or PermissionDenied, naming the path, if it
// names a folder, or its folder is not there and cannot be made, or cannot be written to.
absl::Status CheckOutputFile(const std::string& path, bool replace);

// Writes them all, making folders as needed. AlreadyExists (FILE_EXISTS), with nothing written, if one is there and
// `replace` is false.
absl::Status WriteOutputFiles(const std::vector<OutputFile>& files, bool replace);

// How a file in `folder` should name `path`: relative to the folder if it lies below it, so that the folder can be
// moved; absolute otherwise.
std::string PathSeenFrom(absl::string_view folder, absl::string_view path);

// The folder of a path, "." if it has none.
std::string FolderOf(absl::string_view path);

}  // namespace tamga::cli
