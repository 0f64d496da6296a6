// Files in protobuf text format.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace tamga {

// Fills `message` from the file, at most 1 MiB. InvalidArgument, each finding a line "file:line:column: what", for text
// that is not of the message's type.
absl::Status ReadTextProto(const std::string& path, google::protobuf::Message& message);

}  // namespace tamga
