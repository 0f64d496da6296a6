#include "node/cli/treaty_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"

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

absl::StatusOr<treaty::Offices> ReadOffices(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder, kSuffix));
  treaty::Offices offices;
  for (const std::string& name : names) {
    const std::string path = ResolvePath(folder, name);
    ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    ASSIGN_OR_RETURN(v1::TreatyOffice office, policy::ReadTreatyOffice(text, path));
    const std::string state = office.state();
    if (!offices.emplace(state, std::move(office)).second) {
      return Error(absl::StatusCode::kInvalidArgument, "TREATY_OFFICE_INVALID",
                   absl::StrCat(path, ": there is another office of ", state, " in ", folder, "; keep its first one"));
    }
  }
  return offices;
}

absl::StatusOr<treaty::TreatyLibrary> LoadTreatyFolder(const std::string& folder, absl::Duration skew) {
  ASSIGN_OR_RETURN(treaty::TreatySources sources, treaty::ReadTreatyFolder(folder));
  treaty::Offices offices;
  const std::string offices_folder = folder + "/offices";
  std::error_code error;
  if (std::filesystem::is_directory(offices_folder, error)) {
    ASSIGN_OR_RETURN(offices, ReadOffices(offices_folder));
  }
  std::vector<std::string> missing;
  if (sources.acts.empty()) {
    missing.push_back(absl::StrCat(folder, " holds no acts (registers/STATE/NNNN.txtpb): nothing is in force"));
  }
  if (offices.empty()) {
    missing.push_back(absl::StrCat(folder, " holds no treaty office (offices/*.txtpb): no State's acts count"));
  }
  ASSIGN_OR_RETURN(treaty::TreatyLibrary library, treaty::BuildLibrary(std::move(sources), offices, skew, ""));
  library.findings.insert(library.findings.begin(), missing.begin(), missing.end());
  return library;
}

void SayFindings(Environment& environment, const treaty::TreatyLibrary& library) {
  for (const std::string& finding : library.findings) Say(environment, absl::StrCat("note: ", finding));
}

absl::Status CheckHoldsTreaties(const treaty::TreatyLibrary& library, const std::string& folder) {
  if (!library.standing->Treaties().empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "NO_TREATIES",
               absl::StrCat(folder, " holds no treaty text (*.txtpb); name the folder of your own copy, such ",
                            "as `tamga treaty export` writes"));
}

bool HasActsOf(const treaty::TreatyLibrary& library, const std::string& state) {
  const auto found = library.registers.find(state);
  return found != library.registers.end() && !found->second.acts().empty();
}

}  // namespace tamga::cli
