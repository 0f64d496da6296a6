// The ministry's file numbers, a small file each in the drop folder's state folder.
#pragma once

#include <string>
#include <vector>

#include "adapters/interior_ministry/case_numbers.h"
#include "adapters/interior_ministry/folder.h"

namespace tamga::adapters {

// Used by one thread.
class FolderNumbers final : public CaseNumbers {
 public:
  // `folder` outlives this.
  explicit FolderNumbers(DropFolder& folder) : folder_(folder) {}

  // DataLoss (STATE_DAMAGED) if what is stored cannot be read.
  absl::StatusOr<std::vector<std::string>> CasesOf(const std::string& file_number) override;
  // Also if it stands for a hundred cases already: one more changes nothing. DataLoss as above.
  absl::Status Remember(const std::string& file_number, const std::string& case_id) override;

 private:
  DropFolder& folder_;
};

}  // namespace tamga::adapters
