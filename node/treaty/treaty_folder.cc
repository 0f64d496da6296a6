#include "node/treaty/treaty_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/treaty/act_files.h"

namespace tamga::treaty {
namespace {

constexpr size_t kMaxBytes = 1u << 20;

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

absl::StatusOr<std::vector<std::string>> ListSubfolders(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error)) names.push_back(entry->path().filename().string());
  }
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot read ", path));
  std::sort(names.begin(), names.end());
  return names;
}

// Collects what is wrong in any file, so that all of it can be mended at once.
class Reading {
 public:
  template <typename Document>
  void ReadAll(const std::string& folder, absl::StatusOr<Document> (*read)(absl::string_view, absl::string_view),
               std::vector<Document>* documents) {
    const absl::StatusOr<std::vector<std::string>> names = ListFolder(folder, ".txtpb");
    if (!names.ok()) return Add(names.status());
    for (const std::string& name : *names) {
      const absl::StatusOr<std::string> bytes = ReadFile(ResolvePath(folder, name), kMaxBytes);
      if (!bytes.ok()) {
        Add(bytes.status());
        continue;
      }
      absl::StatusOr<Document> document = read(*bytes, name);
      if (document.ok()) {
        documents->push_back(*std::move(document));
      } else {
        Add(document.status());
      }
    }
  }

  void ReadRegisters(const std::string& folder, std::map<std::string, std::vector<v1::SignedAct>>* acts) {
    const absl::StatusOr<std::vector<std::string>> states = ListSubfolders(folder);
    if (!states.ok()) return Add(states.status());
    for (const std::string& state : *states) {
      absl::StatusOr<std::vector<v1::SignedAct>> read = ReadActFiles(absl::StrCat(folder, "/", state));
      if (read.ok()) {
        acts->emplace(state, *std::move(read));
      } else {
        Add(read.status());
      }
    }
  }

  absl::Status ToStatus() const {
    if (findings_.empty()) return absl::OkStatus();
    return Error(absl::StatusCode::kInvalidArgument, "TREATY_INVALID", absl::StrJoin(findings_, "\n"));
  }

 private:
  void Add(const absl::Status& status) { findings_.emplace_back(status.message()); }

  std::vector<std::string> findings_;
};

}  // namespace

absl::StatusOr<TreatySources> ReadTreatyFolder(const std::string& path) {
  RETURN_IF_ERROR(ListFolder(path, ".txtpb").status());
  TreatySources sources;
  Reading reading;
  reading.ReadAll(path, &policy::ReadTreaty, &sources.treaties);
  if (const std::string overlays = path + "/overlays"; IsFolder(overlays)) {
    reading.ReadAll(overlays, &policy::ReadOverlay, &sources.overlays);
  }
  if (const std::string registers = path + "/registers"; IsFolder(registers)) {
    reading.ReadRegisters(registers, &sources.acts);
  }
  RETURN_IF_ERROR(reading.ToStatus());
  return sources;
}

}  // namespace tamga::treaty
