#include "adapters/record_limits.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "tamga/v1/common.pb.h"

namespace tamga::adapters {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status CheckMessage(const std::string& prefix, const Message& message);

bool IsName(const FieldDescriptor& field) {
  return field.containing_type() == v1::PersonName::descriptor() || absl::EndsWith(field.name(), "_name");
}

absl::Status CheckValue(const FieldDescriptor& field, const std::string& path, const std::string& value) {
  if (IsName(field)) return CheckText(path, value, kMaxNameBytes);
  std::string one_line = value;
  std::replace(one_line.begin(), one_line.end(), '\n', ' ');
  return CheckText(path, one_line, kMaxTextBytes);
}

absl::Status CheckRepeated(const Message& message, const FieldDescriptor& field, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  if (size > kMaxRepeated) {
    return InvalidField(path, absl::StrCat("has ", size, " elements; at most ", kMaxRepeated, " are allowed"));
  }
  for (int i = 0; i < size; ++i) {
    const std::string element = absl::StrCat(path, "[", i, "]");
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckMessage(absl::StrCat(element, "."), reflection.GetRepeatedMessage(message, &field, i)));
    } else if (field.type() == FieldDescriptor::TYPE_STRING) {
      RETURN_IF_ERROR(CheckValue(field, element, reflection.GetRepeatedString(message, &field, i)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMessage(const std::string& prefix, const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    const std::string path = absl::StrCat(prefix, field->name());
    if (field->is_repeated()) {
      RETURN_IF_ERROR(CheckRepeated(message, *field, path));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckMessage(absl::StrCat(path, "."), reflection.GetMessage(message, field)));
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      RETURN_IF_ERROR(CheckValue(*field, path, reflection.GetString(message, field)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRecordLimits(const Message& record) { return CheckMessage("", record); }

}  // namespace tamga::adapters
