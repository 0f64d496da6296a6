// Whole files: read with a bound, written so that a crash leaves the old or the new content.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga {

// Reads at most `max_bytes`. NotFound, PermissionDenied, or ResourceExhausted if it is larger.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes = 16u << 20);

// As ReadFile, for keys, of at most 64 KiB: FailedPrecondition, with the fix, unless the file is one that others can
// neither read nor replace (secret_file.h). A symbolic link is followed. No copy is left but what is returned: wipe
// that after use.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Writes to a temporary file beside `path`, syncs it, renames it into place and syncs the folder. Leaves no temporary
// file behind when it fails. Internal if the disk takes no more; NotFound, PermissionDenied and such for a path that
// cannot be.
absl::Status WriteFile(const std::string& path, absl::string_view content, unsigned mode = 0644);

// Puts `from` into the place of `to`, in the same folder, and syncs the folder.
absl::Status RenameFile(const std::string& from, const std::string& to);

// Makes the folder and its parents, mode 0700 for those it makes, so that they last when this returns.
absl::Status MakeFolder(const std::string& path);

// Names of the regular files in the folder that end in `suffix`, sorted.
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path, absl::string_view suffix);

// `path` if it is absolute, otherwise `path` below `folder`.
std::string ResolvePath(absl::string_view folder, absl::string_view path);

}  // namespace tamga
