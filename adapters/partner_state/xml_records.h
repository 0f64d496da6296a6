// Large XML lists, one record at a time: <root><group><record>...</record>...</group>...</root>.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::adapters {

struct XmlElement {
  std::string name;
  // All character data directly inside, as it stands.
  std::string text;
  std::vector<XmlElement> children;

  // The text with each run of white space made one space, and none at the ends.
  std::string OneLine() const;
  // OneLine of the first child of this name; "" if there is none.
  std::string Text(absl::string_view child) const;
};

inline constexpr size_t kMaxXmlTextBytes = 64u << 10;    // of one element
inline constexpr size_t kMaxXmlRecordBytes = 1u << 20;   // names and texts of one record
inline constexpr size_t kMaxXmlRecordElements = 10'000;  // of one record
inline constexpr size_t kMaxXmlDepth = 16;

// Receives a record and the line (from 1) on which it begins. An error ends the reading.
using XmlRecordSink = std::function<absl::Status(uint64_t line, const XmlElement& record)>;

// Reads UTF-8 XML in constant memory, whatever its size, and gives each element at depth three to `sink`. The root must
// be called `root`. Attributes, comments and processing instructions are passed over. InvalidArgument naming the line,
// after the records before it were given to `sink`, if the file is no well-formed UTF-8 XML, ends early, holds a
// DOCTYPE (and so could hold entities), or goes beyond the limits above; what `sink` returned, if that is an error.
absl::Status ReadXmlRecords(std::istream& input, absl::string_view root, const XmlRecordSink& sink);

}  // namespace tamga::adapters
