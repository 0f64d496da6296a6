// The drop folder that the ministry's case system and the adapter share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::adapters {

// A file as it was found.
struct FolderEntry {
  std::string name;
  uint64_t bytes = 0;
  int64_t changed_nanos = 0;  // time of the last change of its content, as the file system has it

  bool operator==(const FolderEntry&) const = default;
};

// The folders of a drop folder.
inline constexpr char kInboxFolder[] = "inbox";
inline constexpr char kDoneFolder[] = "done";
inline constexpr char kFailedFolder[] = "failed";
inline constexpr char kOutboxFolder[] = "outbox";
inline constexpr char kStateFolder[] = "state";

// Paths are "inbox/NAME" and such. Whatever changes something lasts when it returns, and happens whole or not at all,
// also when the machine loses its power. Thread-safe for different paths.
class DropFolder {
 public:
  virtual ~DropFolder() = default;
  // Regular files directly in the folder, by name; names that begin with a dot are left out. At most `most`, of the
  // first names. No symbolic links.
  virtual absl::StatusOr<std::vector<FolderEntry>> List(const std::string& folder, size_t most) = 0;
  // NotFound; ResourceExhausted if it is larger than `max_bytes`.
  virtual absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes) = 0;
  // Puts the content into the place of what was there.
  virtual absl::Status Write(const std::string& path, absl::string_view content) = 0;
  // Puts `from` into the place of `to`, also into another of the folders. NotFound if there is no `from`.
  virtual absl::Status Move(const std::string& from, const std::string& to) = 0;
};

}  // namespace tamga::adapters
