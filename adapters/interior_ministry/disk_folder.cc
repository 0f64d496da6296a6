#include "adapters/interior_ministry/disk_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/descriptor.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

// Others of the service's group, such as the ministry's case system, may read what is written.
constexpr unsigned kMode = 0640;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// The error says what was tried in which of our folders, and no name that the ministry chose.
absl::Status FolderError(absl::string_view what, const std::string& path) {
  const int error = errno;
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", what, " ", path.substr(0, path.find('/')), "/"));
}

absl::Status SyncFolder(const std::string& root, const std::string& folder) {
  const Descriptor fd(::open(absl::StrCat(root, "/", folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return FolderError("sync", folder);
  return absl::OkStatus();
}

std::string FolderNameOf(const std::string& path) { return path.substr(0, path.find('/')); }

}  // namespace

absl::StatusOr<std::unique_ptr<DiskFolder>> DiskFolder::Open(const std::string& root) {
  struct stat first = {};
  for (const char* name : {kInboxFolder, kDoneFolder, kFailedFolder, kOutboxFolder, kStateFolder}) {
    const std::string folder = absl::StrCat(root, "/", name);
    RETURN_IF_ERROR(MakeFolder(folder));
    struct stat found = {};
    if (::stat(folder.c_str(), &found) != 0) return FolderError("look into", name);
    if (first.st_ino == 0) first = found;
    if (found.st_dev != first.st_dev) {
      return Error(absl::StatusCode::kFailedPrecondition, "FOLDER_SPLIT",
                   absl::StrCat(name, " is on another file system than ", kInboxFolder,
                                ", so that files cannot be moved as a whole; put all of them on one"));
    }
  }
  return std::unique_ptr<DiskFolder>(new DiskFolder(root));
}

absl::StatusOr<std::vector<FolderEntry>> DiskFolder::List(const std::string& folder, size_t most) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(absl::StrCat(root_, "/", folder).c_str()));
  if (open == nullptr) return FolderError("list", folder);
  std::vector<FolderEntry> entries;
  errno = 0;
  while (const dirent* found = ::readdir(open.get())) {
    const std::string name = found->d_name;
    struct stat about = {};
    const bool is_there = ::fstatat(::dirfd(open.get()), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_there && S_ISREG(about.st_mode) && !absl::StartsWith(name, ".")) {
      entries.push_back({name, static_cast<uint64_t>(about.st_size),
                         int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec});
      std::push_heap(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
      if (entries.size() > most) {
        std::pop_heap(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        entries.pop_back();
      }
    }
    errno = 0;
  }
  if (errno != 0) return FolderError("list", folder);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

absl::StatusOr<std::string> DiskFolder::Read(const std::string& path, size_t max_bytes) {
  absl::StatusOr<std::string> content = ReadFile(absl::StrCat(root_, "/", path), max_bytes);
  if (content.ok()) return content;
  return absl::Status(content.status().code(), absl::StrCat("cannot read a file in ", FolderNameOf(path), "/"));
}

absl::Status DiskFolder::Write(const std::string& path, absl::string_view content) {
  const absl::Status written = WriteFile(absl::StrCat(root_, "/", path), content, kMode);
  if (written.ok()) return written;
  return absl::Status(written.code(), absl::StrCat("cannot write a file in ", FolderNameOf(path), "/"));
}

absl::Status DiskFolder::Move(const std::string& from, const std::string& to) {
  if (::rename(absl::StrCat(root_, "/", from).c_str(), absl::StrCat(root_, "/", to).c_str()) != 0) {
    return FolderError("move a file from", from);
  }
  // Where it is now first: a power failure in between leaves it in both, never in neither.
  RETURN_IF_ERROR(SyncFolder(root_, FolderNameOf(to)));
  return SyncFolder(root_, FolderNameOf(from));
}

}  // namespace tamga::adapters
