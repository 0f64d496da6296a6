#include "adapters/tourism_agency/htcds_picklists.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const Picklist* FindPicklist(absl::string_view field) {
  for (const Picklist& list : HtcdsPicklists()) {
    if (list.field == field) return &list;
  }
  return nullptr;
}

absl::Status CheckValue(const Picklist& list, const std::string& value) {
  if (value.empty() || std::find(list.values.begin(), list.values.end(), value) != list.values.end()) {
    return absl::OkStatus();
  }
  return InvalidField(list.field, absl::StrCat("must be one of ", absl::StrJoin(list.values, ", ")));
}

absl::Status CheckTexts(const Message& record, const FieldDescriptor& field) {
  const Picklist* list = FindPicklist(field.json_name());
  if (list == nullptr) return absl::OkStatus();
  const Reflection& reflection = *record.GetReflection();
  if (!field.is_repeated()) return CheckValue(*list, reflection.GetString(record, &field));
  for (int i = 0; i < reflection.FieldSize(record, &field); ++i) {
    RETURN_IF_ERROR(CheckValue(*list, reflection.GetRepeatedString(record, &field, i)));
  }
  return absl::OkStatus();
}

absl::Status CheckMessages(const Message& record, const FieldDescriptor& field) {
  const Reflection& reflection = *record.GetReflection();
  if (!field.is_repeated()) return CheckPicklists(reflection.GetMessage(record, &field));
  for (int i = 0; i < reflection.FieldSize(record, &field); ++i) {
    RETURN_IF_ERROR(CheckPicklists(reflection.GetRepeatedMessage(record, &field, i)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPicklists(const Message& record) {
  std::vector<const FieldDescriptor*> present;
  record.GetReflection()->ListFields(record, &present);
  for (const FieldDescriptor* field : present) {
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      RETURN_IF_ERROR(CheckTexts(record, *field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckMessages(record, *field));
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::adapters
