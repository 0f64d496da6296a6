// Folders: one to write to, one to read treaties from.
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"
#include "policy/treaty_document.h"

namespace tamga::node {
namespace {

constexpr char kDataDir[] = "data_dir";
constexpr char kTreatiesDir[] = "treaties_dir";
constexpr size_t kMaxTreatyBytes = 1u << 20;

std::optional<policy::TreatyDocument> LoadTreaty(const std::string& folder, const std::string& name,
                                                 Mistakes& mistakes) {
  const absl::StatusOr<std::string> bytes = ReadFile(ResolvePath(folder, name), kMaxTreatyBytes);
  if (!bytes.ok()) {
    mistakes.AddUnusable(kTreatiesDir, bytes.status());
    return std::nullopt;
  }
  absl::StatusOr<policy::TreatyDocument> document = policy::ReadTreaty(*bytes, name);
  if (document.ok()) return *std::move(document);
  mistakes.Add(kTreatiesDir, document.status().message());
  return std::nullopt;
}

}  // namespace

void MakeDataFolder(const std::string& path, Mistakes& mistakes) {
  if (!mistakes.Require(kDataDir, path, "name the folder for the databases")) return;
  if (const absl::Status made = MakeFolder(path); !made.ok()) return mistakes.AddUnusable(kDataDir, made);
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    mistakes.AddUnusable(kDataDir, absl::ErrnoToStatus(errno, absl::StrCat("cannot write to ", path)));
  }
}

std::optional<policy::TreatySet> LoadTreaties(const std::string& path, Mistakes& mistakes) {
  if (!mistakes.Require(kTreatiesDir, path, "name the folder of treaty files (*.txtpb)")) return std::nullopt;
  const absl::StatusOr<std::vector<std::string>> names = ListFolder(path, ".txtpb");
  if (!names.ok()) {
    mistakes.AddUnusable(kTreatiesDir, names.status());
    return std::nullopt;
  }
  if (names->empty()) {
    mistakes.Add(kTreatiesDir, absl::StrCat(path, " holds no treaty; put at least one *.txtpb file there"));
    return std::nullopt;
  }
  std::vector<policy::TreatyDocument> documents;
  for (const std::string& name : *names) {
    std::optional<policy::TreatyDocument> document = LoadTreaty(path, name, mistakes);
    if (document) documents.push_back(*std::move(document));
  }
  absl::StatusOr<policy::TreatySet> treaties = policy::TreatySet::Build(std::move(documents));
  if (treaties.ok()) return *std::move(treaties);
  mistakes.Add(kTreatiesDir, treaties.status().message());
  return std::nullopt;
}

}  // namespace tamga::node
