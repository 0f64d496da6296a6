// A treaty file as read.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Made by ReadTreaty alone; whoever holds one may rely on its treaty being valid.
struct TreatyDocument {
  v1::Treaty treaty;
  std::string sha256;     // 32 bytes, of the file as it came
  std::string file_name;  // for messages
};

// Reads the text format of tamga.v1.Treaty, at most 1 MiB. Refuses what CheckTreatyText refuses, unknown fields, fields
// written twice, and what ValidateTreaty finds. Errors are InvalidArgument with reason TREATY_INVALID; the message has
// one finding a line, each "file:line:column: ...".
absl::StatusOr<TreatyDocument> ReadTreaty(absl::string_view bytes, absl::string_view file_name);

}  // namespace tamga::policy
