#include "node/cli/treaty_files.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga::cli {
namespace {

constexpr char kSuffix[] = ".txtpb";

}  // namespace

absl::StatusOr<std::vector<std::string>> FindTreatyFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return absl::NotFoundError(absl::StrCat("there is no ", path));
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path, kSuffix));
    if (names.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " holds no *", kSuffix, " file"));
    for (const std::string& name : names) files.push_back(ResolvePath(path, name));
  }
  return files;
}

absl::StatusOr<policy::TreatyDocument> ReadTreatyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return policy::ReadTreaty(bytes, path);
}

absl::StatusOr<policy::TreatySet> LoadTreatyFolder(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles({folder}));
  std::vector<policy::TreatyDocument> documents;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(documents.emplace_back(), ReadTreatyFile(file));
  }
  return policy::TreatySet::Build(std::move(documents));
}

}  // namespace tamga::cli
