// The law that a case is worked by: the text that was pinned when it was submitted, whatever has come since.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "node/readmission/case_fold.h"
#include "node/treaty/current_treaties.h"

namespace tamga::readmission {

// Thread-safe.
class LawBook {
 public:
  // `treaties` outlives this.
  explicit LawBook(const treaty::CurrentTreaties& treaties) : treaties_(treaties) {}

  // The text of this id and SHA-256 (32 bytes) among all versions that the node knows, in force or not, with the
  // calendars that States have published by now. A case that no treaty permitted has neither, and a law without any
  // rule. Internal (TREATY_TEXT_MISSING) if the text is not there any more.
  absl::StatusOr<CaseLaw> Find(const std::string& treaty_id, const std::string& sha256) const;

 private:
  const treaty::CurrentTreaties& treaties_;
};

}  // namespace tamga::readmission
