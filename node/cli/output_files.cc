#include "node/cli/output_files.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga::cli {
namespace {

namespace fs = std::filesystem;

absl::Status CheckNotThere(const std::string& path) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
               absl::StrCat(path, " is there already; nothing was written"));
}

// The folder, or where it is not there yet the one in which it would be made.
fs::path NearestThere(const std::string& folder) {
  std::error_code error;
  fs::path nearest = folder;
  while (!fs::exists(fs::symlink_status(nearest, error)) && nearest.has_relative_path()) {
    nearest = nearest.has_parent_path() ? nearest.parent_path() : fs::path(".");
  }
  return nearest;
}

}  // namespace

absl::Status CheckOutputFile(const std::string& path, bool replace) {
  std::error_code error;
  if (fs::is_directory(path, error) || !fs::path(path).has_filename()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is a folder; name a file"));
  }
  if (!replace) RETURN_IF_ERROR(CheckNotThere(path));
  const fs::path folder = NearestThere(FolderOf(path));
  if (!fs::is_directory(folder, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write ", path, ": ", folder.string(), " is no folder; name a file in one"));
  }
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path, " in ", folder.string()));
}

absl::Status WriteOutputFiles(const std::vector<OutputFile>& files, bool replace) {
  for (const OutputFile& file : files) {
    if (!replace) RETURN_IF_ERROR(CheckNotThere(file.path));
  }
  for (const OutputFile& file : files) {
    RETURN_IF_ERROR(MakeFolder(FolderOf(file.path)));
    RETURN_IF_ERROR(WriteFile(file.path, file.content, file.mode));
  }
  return absl::OkStatus();
}

std::string PathSeenFrom(absl::string_view folder, absl::string_view path) {
  std::error_code error;
  const fs::path absolute = fs::weakly_canonical(fs::absolute(std::string(path), error), error);
  const fs::path base = fs::weakly_canonical(fs::absolute(std::string(folder), error), error);
  const std::string relative = absolute.lexically_relative(base);
  return relative.empty() || absl::StartsWith(relative, "..") ? absolute.string() : relative;
}

std::string FolderOf(absl::string_view path) {
  const std::string folder = fs::path(std::string(path)).parent_path();
  return folder.empty() ? "." : folder;
}

}  // namespace tamga::cli
