// The files and rows of the ministry's case system: commands as it writes them, and what is written back.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "tamga/v1/ministry.pb.h"

namespace tamga::adapters {

enum class MinistryFormat { kJson, kXml };

// ".json" or ".xml".
absl::string_view SuffixOf(MinistryFormat format);

// Reads a command, as the protobuf JSON mapping of MinistryCommand or as XML with the root "command" (at most 1 MiB,
// see json_record.h and xml_message.h), and checks everything that can be known without the node, the application as
// CheckApplication does. INVALID_FIELD with the path of the field otherwise; values are never repeated.
absl::StatusOr<v1::MinistryCommand> ReadMinistryCommand(MinistryFormat format, absl::string_view text);

// The record in that form, ending with a line's end; the root of XML is called `root`. The same for the same record.
std::string WriteMinistryRecord(MinistryFormat format, const google::protobuf::Message& record, absl::string_view root);

// What the ministry is told of an error.
v1::MinistryError ErrorRecordOf(const absl::Status& status);

}  // namespace tamga::adapters
