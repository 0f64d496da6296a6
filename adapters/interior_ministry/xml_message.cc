#include "adapters/interior_ministry/xml_message.h"

#include <expat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/text.h"

namespace tamga::adapters {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

constexpr size_t kMaxNamedBytes = 100;  // of an unknown element, whose name the sender chose

bool IsTime(const Descriptor* type) { return type == Timestamp::descriptor(); }

// Whether the field's element holds elements and no text.
bool HoldsElements(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTime(field.message_type());
}

std::optional<bool> BoolOf(absl::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

// Sets or adds the value; false if the text is none of the field's kind.
class ValueSetter {
 public:
  ValueSetter(Message& record, const FieldDescriptor& field)
      : record_(record), reflection_(*record.GetReflection()), field_(field) {}

  bool Set(const std::string& text) {
    const std::string trimmed(absl::StripAsciiWhitespace(text));
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return field_.type() == FieldDescriptor::TYPE_BYTES ? SetBytes(trimmed) : SetString(trimmed);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const EnumValueDescriptor* value = field_.enum_type()->FindValueByName(trimmed);
        if (value == nullptr) return false;
        field_.is_repeated() ? reflection_.AddEnum(&record_, &field_, value)
                             : reflection_.SetEnum(&record_, &field_, value);
        return true;
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const std::optional<bool> value = BoolOf(trimmed);
        if (!value.has_value()) return false;
        field_.is_repeated() ? reflection_.AddBool(&record_, &field_, *value)
                             : reflection_.SetBool(&record_, &field_, *value);
        return true;
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        uint32_t value = 0;
        if (!absl::SimpleAtoi(trimmed, &value)) return false;
        field_.is_repeated() ? reflection_.AddUInt32(&record_, &field_, value)
                             : reflection_.SetUInt32(&record_, &field_, value);
        return true;
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        uint64_t value = 0;
        if (!absl::SimpleAtoi(trimmed, &value)) return false;
        field_.is_repeated() ? reflection_.AddUInt64(&record_, &field_, value)
                             : reflection_.SetUInt64(&record_, &field_, value);
        return true;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Timestamp time;
        if (!google::protobuf::util::TimeUtil::FromString(trimmed, &time)) return false;
        Message* place = field_.is_repeated() ? reflection_.AddMessage(&record_, &field_)
                                              : reflection_.MutableMessage(&record_, &field_);
        place->CopyFrom(time);
        return true;
      }
      default:
        return false;
    }
  }

 private:
  bool SetString(const std::string& text) {
    field_.is_repeated() ? reflection_.AddString(&record_, &field_, text)
                         : reflection_.SetString(&record_, &field_, text);
    return true;
  }
  bool SetBytes(const std::string& base64) {
    const absl::StatusOr<std::string> bytes = Base64Decode(base64);
    return bytes.ok() && SetString(*bytes);
  }

  Message& record_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
};

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

// Fills the record from expat's events.
class MessageReader {
 public:
  MessageReader(absl::string_view root, Message& record)
      : root_(root), record_(record), parser_(XML_ParserCreate("UTF-8")) {
    TAMGA_CHECK(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &OnStart, &OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), &OnText);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &OnDoctype);
  }

  absl::Status Read(absl::string_view xml) {
    const XML_Status parsed = XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
    if (!status_.ok() || parsed == XML_STATUS_OK) return status_;
    return InvalidField("xml", absl::StrCat("is not well-formed XML; see line ", Line()));
  }

 private:
  // An element that is open.
  struct Level {
    Message* record;               // that its child elements fill; null: it holds text
    Message* holder;               // that its text goes into
    const FieldDescriptor* field;  // null for the root
    std::string path;              // "submit.application.names[1]"; empty for the root
    std::string text;
    std::set<std::string> seen;  // fields and oneofs that were set
  };

  static void OnStart(void* self, const char* name, const char** attributes) {
    static_cast<MessageReader*>(self)->Start(name, attributes[0] != nullptr);
  }
  static void OnEnd(void* self, const char* /*name*/) { static_cast<MessageReader*>(self)->End(); }
  static void OnText(void* self, const char* text, int size) {
    static_cast<MessageReader*>(self)->Text({text, static_cast<size_t>(size)});
  }
  static void OnDoctype(void* self, const char* /*name*/, const char* /*system_id*/, const char* /*public_id*/,
                        int /*has_internal_subset*/) {
    static_cast<MessageReader*>(self)->Refuse("xml", "holds a DOCTYPE; remove it");
  }

  uint64_t Line() const { return XML_GetCurrentLineNumber(parser_.get()); }

  // The first error counts; expat may still deliver an event or two.
  void Refuse(absl::string_view field, absl::string_view what) {
    if (!status_.ok()) return;
    status_ = InvalidField(field, what);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void Start(const std::string& name, bool has_attributes) {
    if (!status_.ok()) return;
    if (levels_.size() == kMaxXmlMessageDepth) {
      return Refuse("xml", absl::StrCat("is more than ", kMaxXmlMessageDepth, " elements deep"));
    }
    if (levels_.empty()) {
      if (name != root_) return Refuse("xml", absl::StrCat("has another root element than ", root_));
      levels_.push_back({&record_, nullptr, nullptr, "", "", {}});
      return;
    }
    Level& parent = levels_.back();
    const std::string prefix = parent.path.empty() ? "" : parent.path + ".";
    const FieldDescriptor* field = nullptr;
    if (parent.record != nullptr) field = parent.record->GetDescriptor()->FindFieldByCamelcaseName(name);
    if (field == nullptr) {
      return Refuse(prefix + ReplaceInvalidUtf8(name.substr(0, kMaxNamedBytes)), "is not a field of this record");
    }
    std::string path = prefix + field->name();
    if (has_attributes) return Refuse(path, "has attributes; write its value between its tags");
    if (field->is_repeated()) {
      const int index = parent.record->GetReflection()->FieldSize(*parent.record, field);
      absl::StrAppend(&path, "[", index, "]");
    } else if (!parent.seen.insert(field->name()).second) {
      return Refuse(path, "is there twice; keep one of the two");
    } else if (const auto* choice = field->real_containing_oneof();
               choice != nullptr && !parent.seen.insert(absl::StrCat("oneof ", choice->name())).second) {
      return Refuse(path, "excludes another element that is there; keep one of the two");
    }
    Message* holder = parent.record;
    Message* inside = nullptr;
    if (HoldsElements(*field)) {
      inside = field->is_repeated() ? holder->GetReflection()->AddMessage(holder, field)
                                    : holder->GetReflection()->MutableMessage(holder, field);
    }
    levels_.push_back({inside, holder, field, std::move(path), "", {}});
  }

  void Text(absl::string_view text) {
    if (!status_.ok() || levels_.empty()) return;
    Level& level = levels_.back();
    if (level.record == nullptr) {
      absl::StrAppend(&level.text, text);
    } else if (!absl::StripAsciiWhitespace(text).empty()) {
      Refuse(level.path.empty() ? "xml" : level.path, "has text between its elements; remove it");
    }
  }

  void End() {
    if (!status_.ok()) return;
    const Level level = std::move(levels_.back());
    levels_.pop_back();
    if (level.record == nullptr && !ValueSetter(*level.holder, *level.field).Set(level.text)) {
      Refuse(level.path, "has a value of the wrong kind");
    }
  }

  const absl::string_view root_;
  Message& record_;
  const ParserPtr parser_;
  absl::Status status_;
  std::vector<Level> levels_;  // outermost first
};

std::string Escaped(absl::string_view text) {
  // A line end of its own would be read as "\n" again, a bare "\r" would not stay.
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\r", "&#13;"}});
}

void AppendRecord(const Message& record, int depth, std::string* xml);

// The text of a value at `index`, or of a single one (-1).
std::string ValueText(const Message& record, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *record.GetReflection();
  const bool of_list = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          of_list ? reflection.GetRepeatedString(record, &field, index) : reflection.GetString(record, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? Base64Encode(text) : Escaped(text);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return (of_list ? reflection.GetRepeatedEnum(record, &field, index) : reflection.GetEnum(record, &field))->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return (of_list ? reflection.GetRepeatedBool(record, &field, index) : reflection.GetBool(record, &field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(of_list ? reflection.GetRepeatedUInt32(record, &field, index)
                                  : reflection.GetUInt32(record, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(of_list ? reflection.GetRepeatedUInt64(record, &field, index)
                                  : reflection.GetUInt64(record, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& message =
          of_list ? reflection.GetRepeatedMessage(record, &field, index) : reflection.GetMessage(record, &field);
      Timestamp time;
      time.CopyFrom(message);
      return google::protobuf::util::TimeUtil::ToString(time);
    }
    default:
      TAMGA_CHECK(false);
  }
  return "";
}

void AppendValue(const Message& record, const FieldDescriptor& field, int index, int depth, std::string* xml) {
  const std::string indent(static_cast<size_t>(depth) * 2, ' ');
  const std::string& name = field.camelcase_name();
  if (!HoldsElements(field)) {
    absl::StrAppend(xml, indent, "<", name, ">", ValueText(record, field, index), "</", name, ">\n");
    return;
  }
  const Reflection& reflection = *record.GetReflection();
  absl::StrAppend(xml, indent, "<", name, ">\n");
  AppendRecord(
      index >= 0 ? reflection.GetRepeatedMessage(record, &field, index) : reflection.GetMessage(record, &field),
      depth + 1, xml);
  absl::StrAppend(xml, indent, "</", name, ">\n");
}

void AppendRecord(const Message& record, int depth, std::string* xml) {
  std::vector<const FieldDescriptor*> present;
  record.GetReflection()->ListFields(record, &present);
  for (const FieldDescriptor* field : present) {
    if (!field->is_repeated()) {
      AppendValue(record, *field, -1, depth, xml);
      continue;
    }
    const int size = record.GetReflection()->FieldSize(record, field);
    for (int i = 0; i < size; ++i) AppendValue(record, *field, i, depth, xml);
  }
}

}  // namespace

absl::Status ReadXmlMessage(absl::string_view xml, absl::string_view root, Message& record) {
  if (xml.size() > kMaxXmlMessageBytes) {
    return InvalidField("xml",
                        absl::StrCat("is ", xml.size(), " bytes long; at most ", kMaxXmlMessageBytes, " are read"));
  }
  if (!IsUtf8(xml)) return InvalidField("xml", "is not valid UTF-8");
  MessageReader reader(root, record);
  return reader.Read(xml);
}

std::string WriteXmlMessage(const Message& record, absl::string_view root) {
  std::string xml = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<", root, ">\n");
  AppendRecord(record, 1, &xml);
  absl::StrAppend(&xml, "</", root, ">\n");
  return xml;
}

}  // namespace tamga::adapters
