// A drop folder for tests that is killed at one of the steps that change it: before the step, or after it.
#pragma once

#include <string>
#include <vector>

#include "adapters/interior_ministry/folder.h"

namespace tamga::adapters {

class KillingFolder final : public DropFolder {
 public:
  // `folder` outlives this. Step 0 is before the first change, 1 after it, 2 before the second, and so on. From then on
  // nothing works, as for a process that is dead.
  KillingFolder(DropFolder& folder, int step) : folder_(folder), step_(step) {}

  bool killed() const { return killed_; }

  absl::StatusOr<std::vector<FolderEntry>> List(const std::string& folder, size_t most) override {
    if (killed_) return Dead();
    return folder_.List(folder, most);
  }
  absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes) override {
    if (killed_) return Dead();
    return folder_.Read(path, max_bytes);
  }
  absl::Status Write(const std::string& path, absl::string_view content) override {
    return Change([&] { return folder_.Write(path, content); });
  }
  absl::Status Move(const std::string& from, const std::string& to) override {
    return Change([&] { return folder_.Move(from, to); });
  }

 private:
  static absl::Status Dead() { return absl::InternalError("killed"); }

  template <typename Work>
  absl::Status Change(const Work& work) {
    killed_ = killed_ || passed_++ == step_;
    if (killed_) return Dead();
    const absl::Status done = work();
    killed_ = passed_++ == step_;
    return killed_ ? Dead() : done;
  }

  DropFolder& folder_;
  const int step_;
  int passed_ = 0;
  bool killed_ = false;
};

}  // namespace tamga::adapters
