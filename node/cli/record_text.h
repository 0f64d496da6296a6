// Any record as text for people: one set field a line, nested ones below it.
#pragma once

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace tamga::cli {

// Fields by their names, enumerators by their short names, times in UTC, partial dates as YYYY-MM-DD, bytes in hex but
// 16 bytes called "..._id" as UUIDs. Texts are made harmless for a terminal.
std::string RecordText(const google::protobuf::Message& record);

// A value of that bytes field as said above.
std::string BytesText(const google::protobuf::FieldDescriptor& field, const std::string& bytes);

}  // namespace tamga::cli
