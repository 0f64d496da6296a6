#include "node/cli/output_files.h"

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

}  // namespace

absl::Status WriteOutputFiles(const std::vector<OutputFile>& files, bool replace) {
  for (const OutputFile& file : files) {
    std::error_code error;
    if (!replace && fs::exists(fs::symlink_status(file.path, error))) {
      return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   absl::StrCat(file.path, " is there already; nothing was written"));
    }
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
