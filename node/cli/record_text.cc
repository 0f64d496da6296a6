#include "node/cli/record_text.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/uuid.h"
#include "node/cli/display_text.h"
#include "node/cli/enum_name.h"
#include "tamga/v1/common.pb.h"

namespace tamga::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kNotRepeated = -1;

// Reads one value of a field, singular or an element, by the reflection's two families of getters.
#define TAMGA_GET(Type) \
  (index == kNotRepeated ? reflection.Get##Type(record, field) : reflection.GetRepeated##Type(record, field, index))

// A part of a date in so many digits, or as many question marks if it is unknown.
std::string DatePart(uint32_t value, int digits) {
  return value == 0 ? std::string(static_cast<size_t>(digits), '?') : absl::StrFormat("%0*d", digits, value);
}

std::string PartialDateText(const v1::PartialDate& date) {
  return absl::StrCat(DatePart(date.year(), 4), "-", DatePart(date.month(), 2), "-", DatePart(date.day(), 2));
}

std::string ScalarText(const Message& record, const FieldDescriptor* field, int index) {
  const Reflection& reflection = *record.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = TAMGA_GET(String);
      return field->type() == FieldDescriptor::TYPE_BYTES ? BytesText(*field, text) : DisplayText(text);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortEnumName(*field->enum_type(), TAMGA_GET(EnumValue));
    case FieldDescriptor::CPPTYPE_BOOL:
      return TAMGA_GET(Bool) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(TAMGA_GET(Int32));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(TAMGA_GET(Int64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(TAMGA_GET(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(TAMGA_GET(UInt64));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(TAMGA_GET(Float));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(TAMGA_GET(Double));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "";
}

void AppendRecord(const Message& record, const std::string& indent, std::string* text);

void AppendValue(const Message& record, const FieldDescriptor* field, int index, const std::string& indent,
                 std::string* text) {
  const std::string name = index == kNotRepeated ? field->name() : absl::StrCat(field->name(), "[", index, "]");
  const auto line = [&](const std::string& value) {
    absl::StrAppendFormat(text, "%s%-24s  %s\n", indent, name, value);
  };
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    line(ScalarText(record, field, index));
    return;
  }
  const Reflection& reflection = *record.GetReflection();
  const Message& child = TAMGA_GET(Message);
  if (const auto* timestamp = dynamic_cast<const google::protobuf::Timestamp*>(&child)) {
    line(UtcText(FromProto(*timestamp)));
  } else if (const auto* date = dynamic_cast<const v1::PartialDate*>(&child)) {
    line(PartialDateText(*date));
  } else {
    absl::StrAppend(text, indent, name, "\n");
    AppendRecord(child, absl::StrCat(indent, "  "), text);
  }
}

#undef TAMGA_GET

void AppendRecord(const Message& record, const std::string& indent, std::string* text) {
  std::vector<const FieldDescriptor*> fields;
  record.GetReflection()->ListFields(record, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      AppendValue(record, field, kNotRepeated, indent, text);
      continue;
    }
    const int count = record.GetReflection()->FieldSize(record, field);
    for (int index = 0; index < count; ++index) AppendValue(record, field, index, indent, text);
  }
}

}  // namespace

std::string RecordText(const Message& record) {
  std::string text;
  AppendRecord(record, "", &text);
  return text;
}

std::string BytesText(const FieldDescriptor& field, const std::string& bytes) {
  return absl::EndsWith(field.name(), "_id") && bytes.size() == 16 ? FormatUuid(bytes) : HexEncode(bytes);
}

}  // namespace tamga::cli
