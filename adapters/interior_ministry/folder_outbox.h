// Changes of cases as files in the outbox of the drop folder: outbox/change-000000000042.json (or .xml).
#pragma once

#include "adapters/interior_ministry/change_feed.h"
#include "adapters/interior_ministry/command_text.h"
#include "adapters/interior_ministry/folder.h"

namespace tamga::adapters {

// What a file is to hold is written down together with the cursor before it is put into the outbox, and struck out
// after that. A kill in between puts the same content there again, even if the ministry has taken it away meanwhile:
// the ministry may see a number twice, and never with two contents.
class FolderOutbox final : public ChangeSink {
 public:
  // `folder` outlives this.
  FolderOutbox(MinistryFormat format, DropFolder& folder) : format_(format), folder_(folder) {}

  // Beside the folder's errors DataLoss (STATE_DAMAGED) if what was written down cannot be read.
  absl::StatusOr<Place> Resume() override;
  absl::Status Put(const v1::MinistryChange& change, const std::string& cursor) override;
  absl::Status MoveTo(const std::string& cursor) override;

 private:
  // Writes `place_` down.
  absl::Status Keep();
  // Puts the pending file into the outbox and strikes it out.
  absl::Status Complete();

  const MinistryFormat format_;
  DropFolder& folder_;
  v1::MinistryPlace place_;
};

}  // namespace tamga::adapters
