// A drop folder on a disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/interior_ministry/folder.h"

namespace tamga::adapters {

class DiskFolder final : public DropFolder {
 public:
  // Makes the folders below `root` that are missing, mode 0700. FailedPrecondition if they are not all on one file
  // system; the error of one that cannot be made or read otherwise.
  static absl::StatusOr<std::unique_ptr<DiskFolder>> Open(const std::string& root);

  absl::StatusOr<std::vector<FolderEntry>> List(const std::string& folder, size_t most) override;
  absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes) override;
  absl::Status Write(const std::string& path, absl::string_view content) override;
  absl::Status Move(const std::string& from, const std::string& to) override;

 private:
  explicit DiskFolder(std::string root) : root_(std::move(root)) {}

  const std::string root_;
};

}  // namespace tamga::adapters
