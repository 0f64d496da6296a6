// A folder of a test's own, removed with all that is in it. For tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "gtest/gtest.h"
#include "node/base/check.h"

namespace tamga::store {

class TestFolder {
 public:
  TestFolder() : path_(::testing::TempDir() + "/tamga-XXXXXX") { TAMGA_CHECK(::mkdtemp(path_.data()) != nullptr); }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// All bytes of all files of a folder, those of folders in it too.
inline std::string AllBytesIn(const std::string& folder) {
  std::string bytes;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(stream), {});
  }
  return bytes;
}

// What a power cut would leave of the files at this moment, in a folder of its own. (Files are copied as the system
// sees them: this proves that nothing waits in the process, not that it was synced.)
inline void CopyAsAfterCrash(const std::string& from, const std::string& to) {
  for (const auto& file : std::filesystem::directory_iterator(from)) {
    // The shared-memory file does not survive a crash; it is made anew from the WAL.
    if (file.path().extension() == ".db-shm" || file.path().filename() == "lock") continue;
    std::filesystem::copy_file(file.path(), to / file.path().filename());
  }
}

}  // namespace tamga::store
