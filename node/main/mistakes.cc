#include "node/main/mistakes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"

namespace tamga::node {

void Mistakes::Add(absl::string_view field, absl::string_view what) {
  for (const absl::string_view line : absl::StrSplit(what, '\n', absl::SkipWhitespace())) {
    lines_.push_back(absl::StrCat(field, ": ", line));
  }
}

void Mistakes::Add(const absl::Status& status) {
  if (!status.ok()) lines_.emplace_back(status.message());
}

void Mistakes::AddUnusable(absl::string_view field, const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return Add(field, absl::StrCat(status.message(), "; put it there or correct the path"));
    case absl::StatusCode::kPermissionDenied:
      return Add(field, absl::StrCat(status.message(), "; give the node's user access to it"));
    default:
      return Add(field, status.message());
  }
}

bool Mistakes::Require(absl::string_view field, absl::string_view value, absl::string_view fix) {
  if (value.empty()) Add(field, absl::StrCat("is missing; ", fix));
  return !value.empty();
}

absl::Status Mistakes::ToStatus() const {
  if (lines_.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", absl::StrJoin(lines_, "\n"));
}

}  // namespace tamga::node
