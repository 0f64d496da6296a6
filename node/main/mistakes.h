// What is wrong with a configuration, collected so that an operator can mend all of it at once.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::node {

class Mistakes {
 public:
  // `what` says what is wrong with the field and, after a semicolon, how to mend it. Each of its lines becomes one
  // "field: line". Never pass what a secret file holds.
  void Add(absl::string_view field, absl::string_view what);

  // For a status whose message names its field already (InvalidField). OK adds nothing.
  void Add(const absl::Status& status);

  // For a file or folder that could not be used, with what to do about it.
  void AddUnusable(absl::string_view field, const absl::Status& status);

  // Adds a mistake and returns false if `value`, which is required, is empty.
  bool Require(absl::string_view field, absl::string_view value, absl::string_view fix);

  // OK, or InvalidArgument with reason CONFIG_INVALID and one mistake a line.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace tamga::node
