// Backups of a node's databases. Bodies and keys are kept apart for the sake of erasure: of bodies there may be copies
// from long ago, of keys only new ones, so that a key that was destroyed is soon in no copy either.
//
// A backup is a folder FOLDER/2026-11-27T02-00-00Z with exchange.db, vault.db and, in the newest ones alone, keys.db.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tamga::store {

// Backups that have keys.db: the newest, and the one before, in case the newest is damaged.
inline constexpr size_t kKeyBackups = 2;

// Copies the databases of `data_folder`, while they are in use, into a new folder in `backup_folder` named by `now`.
// Durable and whole once it returns OK; what is not whole has another name. The newer file never names what the older
// one does not hold: exchange.db is copied first.
absl::Status BackUp(const std::string& data_folder, const std::string& backup_folder, absl::Time now);

// Removes keys.db from all but the newest kKeyBackups backups, and whole backups older than `keep`, but for the newest.
// Backups of a time to come, made when the clock was wrong, count as the oldest: what was destroyed since must not live
// on in them until that time.
absl::Status PruneBackups(const std::string& backup_folder, absl::Duration keep, absl::Time now);

// When the newest backup was begun, not counting those of a time to come; InfinitePast if there is none.
absl::StatusOr<absl::Time> NewestBackup(const std::string& backup_folder, absl::Time now);

}  // namespace tamga::store
