// Which cases the ministry's own file numbers stand for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tamga::adapters {

class CaseNumbers {
 public:
  virtual ~CaseNumbers() = default;
  // Ids of the cases; empty if the number is not known.
  virtual absl::StatusOr<std::vector<std::string>> CasesOf(const std::string& file_number) = 0;
  // Nothing happens if it is known already. Lasts when this returns, or with the transaction that it is part of.
  virtual absl::Status Remember(const std::string& file_number, const std::string& case_id) = 0;
};

}  // namespace tamga::adapters
