// Any record as JSON for programs.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace tamga::cli {

// Protobuf's JSON mapping with line breaks, ended by one, but for two things: bytes are written as in RecordText, not
// in base64, and fields are there with their default values too, so that only messages can be absent. Fields have their
// JSON names: those of the HTCDS standard for trafficking cases.
std::string RecordJson(const google::protobuf::Message& record);
// The same on one line.
std::string RecordJsonLine(const google::protobuf::Message& record);

}  // namespace tamga::cli
