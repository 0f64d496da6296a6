// The folder to write to.
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr char kDataDir[] = "data_dir";

}  // namespace

void MakeDataFolder(const std::string& path, Mistakes& mistakes) {
  if (!mistakes.Require(kDataDir, path, "name the folder for the databases")) return;
  if (const absl::Status made = MakeFolder(path); !made.ok()) return mistakes.AddUnusable(kDataDir, made);
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    mistakes.AddUnusable(kDataDir, absl::ErrnoToStatus(errno, absl::StrCat("cannot write to ", path)));
  }
}

}  // namespace tamga::node
