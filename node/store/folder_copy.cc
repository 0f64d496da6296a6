#include "node/store/folder_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/store/sqlite.h"

namespace tamga::store {
namespace {

constexpr char kNameFormat[] = "%Y-%m-%dT%H-%M-%SZ";
constexpr char kUnfinished[] = ".unfinished";
constexpr char kKeys[] = "keys.db";

absl::Status Failed(absl::string_view what, const std::error_code& error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", error.message()));
}

// A file or a folder.
absl::Status SyncPath(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int why = errno;
  if (descriptor >= 0) ::close(descriptor);
  return synced ? absl::OkStatus() : absl::ErrnoToStatus(why, absl::StrCat("cannot sync ", path));
}

absl::Status CopyDatabase(const std::string& from, const std::string& to) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> source, Database::Open(from, Database::Access::kReadOnly));
  // It counts as writing, though to another file.
  RETURN_IF_ERROR(source->Execute("PRAGMA query_only = OFF"));
  RETURN_IF_ERROR(Statement(*source, "VACUUM INTO ?1").BindText(1, to).Run());
  std::error_code error;
  std::filesystem::permissions(to, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  return error ? Failed(to, error) : SyncPath(to);
}

// By how much a clock may be set back as a correction.
constexpr absl::Duration kMostCorrection = absl::Hours(1);

struct Backup {
  absl::Time made_at;
  std::string path;
};

// Oldest first. Nobody knows how old those are that claim to be of a time to come, made when the clock was wrong: they
// are first. What has another name than a backup is left alone.
absl::StatusOr<std::vector<Backup>> ListBackups(const std::string& folder, absl::Time now) {
  std::vector<Backup> backups;
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error);
  if (error == std::errc::no_such_file_or_directory) return backups;
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    absl::Time made_at;
    if (absl::ParseTime(kNameFormat, files->path().filename().string(), absl::UTCTimeZone(), &made_at, nullptr)) {
      backups.push_back({made_at, files->path().string()});
    }
  }
  if (error) return Failed(folder, error);
  std::sort(backups.begin(), backups.end(), [](const Backup& a, const Backup& b) { return a.made_at < b.made_at; });
  std::stable_partition(backups.begin(), backups.end(),
                        [&](const Backup& backup) { return backup.made_at > now + kMostCorrection; });
  return backups;
}

absl::Status Remove(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? Failed(path, error) : absl::OkStatus();
}

}  // namespace

absl::Status BackUp(const std::string& data_folder, const std::string& backup_folder, absl::Time now) {
  RETURN_IF_ERROR(MakeFolder(backup_folder));
  const std::string path = absl::StrCat(backup_folder, "/", absl::FormatTime(kNameFormat, now, absl::UTCTimeZone()));
  const std::string unfinished = path + kUnfinished;
  RETURN_IF_ERROR(Remove(unfinished));
  RETURN_IF_ERROR(MakeFolder(unfinished));
  for (const char* name : {"exchange.db", "vault.db", kKeys}) {
    RETURN_IF_ERROR(CopyDatabase(absl::StrCat(data_folder, "/", name), absl::StrCat(unfinished, "/", name)));
  }
  RETURN_IF_ERROR(SyncPath(unfinished));
  std::error_code error;
  std::filesystem::rename(unfinished, path, error);
  return error ? Failed(path, error) : SyncPath(backup_folder);
}

absl::Status PruneBackups(const std::string& backup_folder, absl::Duration keep, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<Backup> backups, ListBackups(backup_folder, now));
  for (size_t i = 0; i + 1 < backups.size(); ++i) {
    if (now - backups[i].made_at > keep) {
      RETURN_IF_ERROR(Remove(backups[i].path));
    } else if (i + kKeyBackups < backups.size()) {
      RETURN_IF_ERROR(Remove(absl::StrCat(backups[i].path, "/", kKeys)));
    }
  }
  return backups.empty() ? absl::OkStatus() : SyncPath(backup_folder);
}

absl::StatusOr<absl::Time> NewestBackup(const std::string& backup_folder, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<Backup> backups, ListBackups(backup_folder, now));
  const bool is_known = !backups.empty() && backups.back().made_at <= now + kMostCorrection;
  return is_known ? backups.back().made_at : absl::InfinitePast();
}

}  // namespace tamga::store
