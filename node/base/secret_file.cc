#include "node/base/secret_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "node/base/descriptor.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = 65536;

absl::Status FileError(absl::string_view verb, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " ", path));
}

absl::Status Unfit(const std::string& path, absl::string_view why, absl::string_view fix) {
  return absl::FailedPreconditionError(absl::StrCat(path, " holds a secret but ", why, "; ", fix));
}

absl::Status CheckFolderOf(const std::string& path, const fs::path& file) {
  const fs::path parent = file.parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  struct stat info = {};
  if (::stat(folder.c_str(), &info) != 0) return FileError("inspect", folder);
  return CheckSecretFolder(path, folder, info);
}

// A link may stand for the file, as Kubernetes has it: then neither it nor the file may be replaced by just anybody.
absl::Status CheckFolders(const std::string& path, int fd) {
  RETURN_IF_ERROR(CheckFolderOf(path, path));
  std::error_code error;
  const fs::path file = fs::read_symlink(absl::StrCat("/proc/self/fd/", fd), error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot tell where ", path, " is"));
  return CheckFolderOf(path, file);
}

// Into memory that is not moved while it grows: moved, it would stay behind where it was.
absl::StatusOr<std::string> ReadInPlace(int fd, const std::string& path) {
  std::string content(kMostBytes + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(fd, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const absl::Status failed = FileError("read", path);
      OPENSSL_cleanse(content.data(), content.size());
      return failed;
    }
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  if (size > kMostBytes) {
    OPENSSL_cleanse(content.data(), content.size());
    return absl::ResourceExhaustedError(
        absl::StrCat(path, " is larger than ", kMostBytes, " bytes; it must hold the secret and nothing else"));
  }
  content.resize(size);
  return content;
}

}  // namespace

absl::Status CheckSecretFile(const std::string& path, const struct stat& file, uid_t user) {
  if (!S_ISREG(file.st_mode)) return Unfit(path, "is no regular file", "name the file itself");
  if (file.st_uid != user && file.st_uid != 0) {
    return Unfit(path,
                 absl::StrCat("belongs to user ", file.st_uid, ", neither to root nor to this process's user ", user),
                 absl::StrCat("run: chown ", user, " ", path));
  }
  const bool is_credential = file.st_uid == 0 && (file.st_mode & 0777) == 0440;
  if ((file.st_mode & 077) == 0 || is_credential) return absl::OkStatus();
  return Unfit(path, "others may read it", absl::StrCat("run: chmod 600 ", path));
}

absl::Status CheckSecretFolder(const std::string& path, const std::string& folder, const struct stat& info) {
  if ((info.st_mode & S_IWOTH) == 0 || (info.st_mode & S_ISVTX) != 0) return absl::OkStatus();
  return Unfit(path, absl::StrCat("everybody may replace it in ", folder), absl::StrCat("run: chmod o-w ", folder));
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  // Without waiting: a pipe in the file's place would hold us up until somebody writes to it.
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0) return FileError("open", path);
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return FileError("inspect", path);
  RETURN_IF_ERROR(CheckSecretFile(path, info, ::geteuid()));
  RETURN_IF_ERROR(CheckFolders(path, fd.get()));
  return ReadInPlace(fd.get(), path);
}

}  // namespace tamga
