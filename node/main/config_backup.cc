// Where and how often the databases are copied.
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr char kFolder[] = "backup.folder";
constexpr uint32_t kUsualHours = 24;
constexpr uint32_t kMostHours = 168;
constexpr uint32_t kUsualDays = 30;
constexpr uint32_t kMostDays = 3'650;

// 0 stands for the usual one.
uint32_t Complete(absl::string_view field, uint32_t value, uint32_t usual, uint32_t most, Mistakes& mistakes) {
  if (value == 0) return usual;
  if (value > most) mistakes.Add(field, absl::StrCat("is ", value, "; must be 1 to ", most, ", or 0 for ", usual));
  return value;
}

}  // namespace

void CompleteBackup(v1::NodeConfig& config, Mistakes& mistakes) {
  if (!config.has_backup()) return;
  v1::Backup& backup = *config.mutable_backup();
  backup.set_interval_hours(
      Complete("backup.interval_hours", backup.interval_hours(), kUsualHours, kMostHours, mistakes));
  backup.set_keep_days(Complete("backup.keep_days", backup.keep_days(), kUsualDays, kMostDays, mistakes));
  const std::string& folder = backup.folder();
  if (!mistakes.Require(kFolder, folder, "name a folder on another disk")) return;
  if (const absl::Status made = MakeFolder(folder); !made.ok()) return mistakes.AddUnusable(kFolder, made);
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return mistakes.AddUnusable(kFolder, absl::ErrnoToStatus(errno, absl::StrCat("cannot write to ", folder)));
  }
  std::error_code error;
  if (std::filesystem::equivalent(folder, config.data_dir(), error)) {
    mistakes.Add(kFolder, "is data_dir itself; name a folder on another disk");
  }
}

}  // namespace tamga::node
