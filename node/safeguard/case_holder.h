// What is done about running cases when a safeguard is set or released. The readmission desk does it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tamga/v1/safeguard.pb.h"

namespace tamga::safeguard {

// Thread-safe.
class CaseHolder {
 public:
  virtual ~CaseHolder() = default;

  // What an own case says of its person; nothing where the case is another agency's, whose particulars stay with it.
  // CASE_UNKNOWN if this node holds no such case.
  virtual absl::StatusOr<std::optional<v1::ProtectedPerson>> PersonOfCase(const std::string& case_id) const = 0;

  // Looks at every running case of `person` again: notes, durably, that it is to be held if something stands, and that
  // what this holds is to be released if nothing does any more. Gives the running cases of the person.
  virtual absl::StatusOr<std::vector<std::string>> LookAgain(const v1::ProtectedPerson& person) = 0;

  // Does what is noted, until `deadline`. What fails for now stays noted.
  virtual absl::Status CarryOut(absl::Time deadline) = 0;
};

}  // namespace tamga::safeguard
