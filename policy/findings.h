// What is wrong with a document, and where.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"

namespace tamga::policy {

// A field of a document: its path and, where the parser recorded it, its line and column.
class Place {
 public:
  // The whole message. `tree` may be null (no lines are known then) and must outlive the place.
  Place(const google::protobuf::Descriptor* descriptor, const google::protobuf::TextFormat::ParseInfoTree* tree);

  // A field of this message, or all elements of a repeated one together. A field that is not written has the line of
  // its message, and so has a repeated one.
  Place Field(const std::string& name) const { return Child(name, -1); }
  // One element of a repeated field of this message.
  Place Element(const std::string& name, int index) const { return Child(name, index); }

  const std::string& path() const { return path_; }
  int line() const { return line_; }      // from 1; 0 if not known
  int column() const { return column_; }  // from 1; 0 if not known

 private:
  Place Child(const std::string& name, int index) const;

  const google::protobuf::Descriptor* descriptor_;  // null below a scalar field
  const google::protobuf::TextFormat::ParseInfoTree* tree_;
  std::string path_;
  int line_ = 0;
  int column_ = 0;
};

// Collects findings of one file.
class Findings {
 public:
  // `reason` is the code of the error that they make together.
  Findings(absl::string_view file_name, absl::string_view reason) : file_name_(file_name), reason_(reason) {}

  // `what` says what the field must be and how to mend it.
  void Add(const Place& place, absl::string_view what);
  // For text that did not get as far as having fields. Line and column count from 1.
  void Add(int line, int column, absl::string_view what);

  bool empty() const { return count_ == 0; }
  // Whether more will be counted, but not kept: no need to look for good advice any longer.
  bool full() const { return count_ >= kMostKept; }

  // OK, or InvalidArgument with the reason and one finding a line, "file:line:column: field: what"; after kMostKept of
  // them only how many more there are.
  absl::Status ToStatus() const;

 private:
  static constexpr size_t kMostKept = 100;

  void Keep(std::string line);

  std::string file_name_;
  std::string reason_;
  std::vector<std::string> lines_;
  size_t count_ = 0;
};

}  // namespace tamga::policy
