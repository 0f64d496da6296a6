// The folders to write to.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr char kDataDir[] = "data_dir";
constexpr char kTlsRuntimeDir[] = "tls_runtime_dir";

}  // namespace

void MakeDataFolder(const std::string& path, Mistakes& mistakes) {
  if (!mistakes.Require(kDataDir, path, "name the folder for the databases")) return;
  if (const absl::Status made = MakeFolder(path); !made.ok()) return mistakes.AddUnusable(kDataDir, made);
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    mistakes.AddUnusable(kDataDir, absl::ErrnoToStatus(errno, absl::StrCat("cannot write to ", path)));
  }
}

void CompleteTlsFolder(v1::NodeConfig& config, Mistakes& mistakes) {
  if (config.tls_runtime_dir().empty()) {
    config.set_tls_runtime_dir(config.data_dir() + "/tls");  // the node makes it
    return;
  }
  const std::string& path = config.tls_runtime_dir();
  if (const absl::Status made = MakeFolder(path); !made.ok()) return mistakes.AddUnusable(kTlsRuntimeDir, made);
  struct stat info = {};
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0 || ::stat(path.c_str(), &info) != 0) {
    return mistakes.AddUnusable(kTlsRuntimeDir, absl::ErrnoToStatus(errno, absl::StrCat("cannot write to ", path)));
  }
  if ((info.st_mode & 022) != 0) {
    mistakes.Add(kTlsRuntimeDir, absl::StrCat(path, " is for a key but others may write to it; run: chmod 700 ", path));
  }
  std::error_code error;
  if (std::filesystem::equivalent(path, config.data_dir(), error)) {
    mistakes.Add(kTlsRuntimeDir, "is data_dir itself; name a folder of its own, or none");
  }
}

}  // namespace tamga::node
