#include "node/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/descriptor.h"
#include "node/base/status_macros.h"

namespace tamga {
namespace {

namespace fs = std::filesystem;

absl::Status FileError(absl::string_view verb, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " ", path));
}

// The same of something to be written. A disk that takes no more is no mistake of whoever named the file, as a path
// that cannot be is.
absl::Status WriteError(absl::string_view verb, const std::string& path) {
  const absl::Status status = FileError(verb, path);
  if (absl::IsResourceExhausted(status) || absl::IsOutOfRange(status)) return absl::InternalError(status.message());
  return status;
}

absl::StatusOr<std::string> ReadAll(int fd, const std::string& path, size_t max_bytes) {
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError("read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
    if (content.size() > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat(path, " is larger than ", max_bytes, " bytes"));
    }
  }
}

absl::Status WriteTo(const Descriptor& fd, const std::string& path, absl::string_view content, unsigned mode) {
  if (::fchmod(fd.get(), mode) != 0) return WriteError("set the mode of", path);
  while (!content.empty()) {
    const ssize_t count = ::write(fd.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return WriteError("write", path);
    content.remove_prefix(static_cast<size_t>(count));
  }
  return ::fsync(fd.get()) == 0 ? absl::OkStatus() : WriteError("sync", path);
}

absl::Status SyncFolderOf(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  const fs::path folder = parent.empty() ? fs::path(".") : parent;
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return FileError("sync folder", folder.string());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return FileError("open", path);
  return ReadAll(fd.get(), path, max_bytes);
}

absl::Status WriteFile(const std::string& path, absl::string_view content, unsigned mode) {
  const std::string temporary = absl::StrCat(path, ".new");
  absl::Status written;
  {
    const Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (fd.get() < 0) return WriteError("create", temporary);
    written = WriteTo(fd, temporary, content, mode);
  }
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) written = WriteError("rename into place", path);
  if (written.ok()) return SyncFolderOf(path);
  ::unlink(temporary.c_str());
  return written;
}

absl::Status RenameFile(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return WriteError("rename into place", to);
  return SyncFolderOf(to);
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  if (path.empty() || path == "/" || fs::is_directory(path, error)) return absl::OkStatus();
  RETURN_IF_ERROR(MakeFolder(fs::path(path).parent_path()));
  if (::mkdir(path.c_str(), 0700) == 0) return SyncFolderOf(path);
  const int why = errno;
  if (why == EEXIST && fs::is_directory(path, error)) return absl::OkStatus();  // somebody was faster
  errno = why;
  return WriteError("make folder", path);
}

absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path, absl::string_view suffix) {
  std::error_code error;
  fs::directory_iterator iterator(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot list ", path));
  std::vector<std::string> names;
  for (; iterator != fs::directory_iterator(); iterator.increment(error)) {
    if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot list ", path));
    const std::string name = iterator->path().filename();
    if (iterator->is_regular_file(error) && absl::EndsWith(name, suffix)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string ResolvePath(absl::string_view folder, absl::string_view path) {
  return fs::path(std::string(folder)) / std::string(path);
}

}  // namespace tamga
