#include "node/exchange/tls_material.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::exchange {
namespace {

namespace fs = std::filesystem;

constexpr char kCurrent[] = "/current";
constexpr char kNext[] = "/current.new";
constexpr char kKey[] = "/key.pem";
constexpr char kChain[] = "/chain.pem";
constexpr unsigned kPollSeconds = 1;

absl::Status SystemError(absl::string_view verb, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " ", path));
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot remove ", path));
  return absl::OkStatus();
}

bool IsGeneration(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// What a process that ended in a crash left behind. Nothing else, should the folder be of another kind.
absl::Status RemoveLeftovers(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> leftovers = {folder + kCurrent, folder + kNext};
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (IsGeneration(entry->path().filename())) leftovers.push_back(entry->path());
  }
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot list ", folder));
  for (const std::string& path : leftovers) RETURN_IF_ERROR(RemoveAll(path));
  return absl::OkStatus();
}

// gRPC reads key and chain one after the other, and again if a file's time, in whole seconds, is not what it was
// before: so no two generations may have the same.
absl::Status SetTime(const std::string& path, int64_t seconds) {
  timespec times[2] = {};
  times[0].tv_sec = seconds;
  times[1].tv_sec = seconds;
  return ::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0 ? absl::OkStatus() : SystemError("set the time of", path);
}

}  // namespace

// Keeps other processes out of the folder.
class TlsMaterial::FolderLock {
 public:
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::string& folder) {
    auto lock = std::unique_ptr<FolderLock>(new FolderLock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    if (lock->fd_ < 0) return SystemError("open", folder);
    struct stat info = {};
    if (::fstat(lock->fd_, &info) != 0) return SystemError("inspect", folder);
    if ((info.st_mode & 022) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(folder, " is for a secret but others may write to it; run: chmod 700 ", folder));
    }
    if (::flock(lock->fd_, LOCK_EX | LOCK_NB) != 0) {
      return absl::FailedPreconditionError(absl::StrCat(folder, " is in use by another process; each node needs one"));
    }
    return lock;
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}

  const int fd_;
};

absl::StatusOr<std::unique_ptr<TlsMaterial>> TlsMaterial::Open(const std::string& folder, const TlsIdentity& first) {
  RETURN_IF_ERROR(MakeFolder(folder));
  ASSIGN_OR_RETURN(std::unique_ptr<FolderLock> lock, FolderLock::Take(folder));
  RETURN_IF_ERROR(RemoveLeftovers(folder));
  const std::string current = folder + kCurrent;
  std::unique_ptr<TlsMaterial> material(new TlsMaterial(folder, std::move(lock)));
  RETURN_IF_ERROR(material->Write(first));
  // The chain stands for the roots as well: nobody looks at them, whom to believe being our own verifier's matter, but
  // gRPC 1.51 makes no client without any (tls.cc).
  material->provider_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      current + kKey, current + kChain, current + kChain, kPollSeconds);
  return material;
}

TlsMaterial::TlsMaterial(std::string folder, std::unique_ptr<FolderLock> lock)
    : folder_(std::move(folder)), lock_(std::move(lock)), first_stamp_(absl::ToUnixSeconds(absl::Now())) {}

TlsMaterial::~TlsMaterial() {
  provider_.reset();
  // Nobody waits for it, and the next start would do it.
  RemoveLeftovers(folder_).IgnoreError();
}

absl::Status TlsMaterial::Replace(const TlsIdentity& next) { return Write(next); }

absl::Status TlsMaterial::Write(const TlsIdentity& identity) {
  const uint64_t generation = ++generation_;
  const std::string generation_folder = absl::StrCat(folder_, "/", generation);
  absl::Status status = WriteFiles(generation_folder, identity, first_stamp_ + static_cast<int64_t>(generation));
  if (status.ok()) status = PointTo(generation);
  if (!status.ok()) {
    RemoveAll(generation_folder).IgnoreError();  // what went wrong before is what matters
    return status;
  }
  const uint64_t before = std::exchange(current_, generation);
  if (before == 0) return absl::OkStatus();
  // A reader half-way through it reads again, and finds the new one.
  const absl::Status removed = RemoveAll(absl::StrCat(folder_, "/", before));
  if (!removed.ok()) {
    Log(Severity::kWarning, "former TLS key not removed", {{"detail", std::string(removed.message())}});
  }
  return absl::OkStatus();
}

absl::Status TlsMaterial::WriteFiles(const std::string& generation_folder, const TlsIdentity& identity, int64_t stamp) {
  RETURN_IF_ERROR(MakeFolder(generation_folder));
  RETURN_IF_ERROR(WriteFile(generation_folder + kKey, identity.key_pem, 0600));
  RETURN_IF_ERROR(WriteFile(generation_folder + kChain, identity.chain_pem, 0600));
  RETURN_IF_ERROR(SetTime(generation_folder + kKey, stamp));
  return SetTime(generation_folder + kChain, stamp);
}

absl::Status TlsMaterial::PointTo(uint64_t generation) const {
  const std::string next = folder_ + kNext;
  const std::string current = folder_ + kCurrent;
  RETURN_IF_ERROR(RemoveAll(next));
  if (::symlink(absl::StrCat(generation).c_str(), next.c_str()) != 0) return SystemError("make", next);
  // Not synced: after a crash all of it is written anew.
  return ::rename(next.c_str(), current.c_str()) == 0 ? absl::OkStatus() : SystemError("rename into place", current);
}

}  // namespace tamga::exchange
