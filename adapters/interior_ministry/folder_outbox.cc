#include "adapters/interior_ministry/folder_outbox.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

constexpr char kPlacePath[] = "state/place.pb";
constexpr size_t kMaxPlaceBytes = 16u << 20;

}  // namespace

absl::StatusOr<ChangeSink::Place> FolderOutbox::Resume() {
  place_.Clear();
  const absl::StatusOr<std::string> kept = folder_.Read(kPlacePath, kMaxPlaceBytes);
  if (absl::IsNotFound(kept.status())) {
    place_.set_next_number(1);
  } else {
    RETURN_IF_ERROR(kept.status());
    if (!place_.ParseFromString(*kept) || place_.next_number() == 0) {
      return Error(
          absl::StatusCode::kDataLoss, "STATE_DAMAGED",
          absl::StrCat(kPlacePath, " cannot be read; put a backup in its place, or remove it together with all ",
                       "change files, whose numbers begin anew then"));
    }
    RETURN_IF_ERROR(Complete());
  }
  return Place{place_.cursor(), place_.next_number()};
}

absl::Status FolderOutbox::Put(const v1::MinistryChange& change, const std::string& cursor) {
  place_.set_cursor(cursor);
  place_.set_next_number(change.number() + 1);
  place_.set_pending_name(absl::StrFormat("change-%012d%s", change.number(), SuffixOf(format_)));
  place_.set_pending_content(WriteMinistryRecord(format_, change, "change"));
  RETURN_IF_ERROR(Keep());
  return Complete();
}

absl::Status FolderOutbox::MoveTo(const std::string& cursor) {
  place_.set_cursor(cursor);
  return Keep();
}

absl::Status FolderOutbox::Keep() { return folder_.Write(kPlacePath, place_.SerializeAsString()); }

absl::Status FolderOutbox::Complete() {
  if (place_.pending_name().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(folder_.Write(absl::StrCat(kOutboxFolder, "/", place_.pending_name()), place_.pending_content()));
  place_.clear_pending_name();
  place_.clear_pending_content();
  return Keep();
}

}  // namespace tamga::adapters
