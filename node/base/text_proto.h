// Messages in protobuf text format.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace tamga {

// Fills `message` from the text. InvalidArgument, each finding a line "name:line:column: what", for text that is not of
// the message's type.
absl::Status ParseTextProto(absl::string_view text, const std::string& name, google::protobuf::Message& message);

// The same from a file, at most 1 MiB, which gives the name.
absl::Status ReadTextProto(const std::string& path, google::protobuf::Message& message);

}  // namespace tamga
