// A folder for a benchmark's databases, removed at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"

namespace tamga::bench {

class Folder {
 public:
  // Below `parent`, named after the benchmark `name`.
  Folder(const std::string& parent, const std::string& name) : path_(absl::StrCat(parent, "/", name, "-XXXXXX")) {
    TAMGA_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tamga::bench
