// Protobuf messages as XML: an element for each field, called by the field's JSON name; a repeated field is an element
// for each of its values. Enums are written by their names, bytes in base64, times as in xs:dateTime. White space
// around a value does not count. case_files.xsd is this form of the messages of tamga/v1/ministry.proto.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace tamga::adapters {

inline constexpr size_t kMaxXmlMessageBytes = 1u << 20;
inline constexpr size_t kMaxXmlMessageDepth = 32;  // elements inside each other

// Fills `record` from XML of well-formed UTF-8 whose root element is called `root`; attributes are allowed on the root
// alone, and passed over. INVALID_FIELD naming the field that is unknown, has a value of the wrong kind or is there
// twice, or "xml" where the text as a whole is at fault (too large, too deep, not well-formed, with a DOCTYPE); values
// are never repeated in the message. On error the content of `record` is unspecified.
absl::Status ReadXmlMessage(absl::string_view xml, absl::string_view root, google::protobuf::Message& record);

// The record as such XML, indented, the same for the same record. It may hold no maps, groups or floating-point fields.
std::string WriteXmlMessage(const google::protobuf::Message& record, absl::string_view root);

}  // namespace tamga::adapters
