#include "node/cli/record_json.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/type.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "node/cli/record_text.h"

namespace tamga::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::Status;

constexpr char kUrlPrefix[] = "type.googleapis.com";

// Puts in place of each value of a bytes field its text, which on the wire is bytes as well.
void SpellOutBytes(Message& record) {
  const Reflection& reflection = *record.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(record, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_message && field->type() != FieldDescriptor::TYPE_BYTES) continue;
    if (!field->is_repeated()) {
      if (is_message) {
        SpellOutBytes(*reflection.MutableMessage(&record, field));
      } else {
        reflection.SetString(&record, field, BytesText(*field, reflection.GetString(record, field)));
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(record, field); ++i) {
      if (is_message) {
        SpellOutBytes(*reflection.MutableRepeatedMessage(&record, field, i));
      } else {
        reflection.SetRepeatedString(&record, field, i,
                                     BytesText(*field, reflection.GetRepeatedString(record, field, i)));
      }
    }
  }
}

// The record's types as they would be if every bytes field were declared a string.
class TextForBytes final : public google::protobuf::util::TypeResolver {
 public:
  explicit TextForBytes(const google::protobuf::DescriptorPool& pool)
      : declared_(google::protobuf::util::NewTypeResolverForDescriptorPool(kUrlPrefix, &pool)) {}

  Status ResolveMessageType(const std::string& url, google::protobuf::Type* type) override {
    const Status status = declared_->ResolveMessageType(url, type);
    for (google::protobuf::Field& field : *type->mutable_fields()) {
      if (field.kind() == google::protobuf::Field::TYPE_BYTES) field.set_kind(google::protobuf::Field::TYPE_STRING);
    }
    return status;
  }
  Status ResolveEnumType(const std::string& url, google::protobuf::Enum* type) override {
    return declared_->ResolveEnumType(url, type);
  }

 private:
  const std::unique_ptr<google::protobuf::util::TypeResolver> declared_;
};

std::string JsonOf(const Message& record, bool with_line_breaks) {
  const std::unique_ptr<Message> spelt(record.New());
  spelt->CopyFrom(record);
  SpellOutBytes(*spelt);
  const google::protobuf::Descriptor& type = *record.GetDescriptor();
  TextForBytes types(*type.file()->pool());
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = with_line_breaks;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails for a value that JSON has no form for, such as a time before the year 1.
  if (!google::protobuf::util::BinaryToJsonString(&types, absl::StrCat(kUrlPrefix, "/", type.full_name()),
                                                  spelt->SerializeAsString(), &json, options)
           .ok()) {
    return "{\"error\": \"the answer holds a value that cannot be written as JSON\"}\n";
  }
  return json;
}

}  // namespace

std::string RecordJson(const Message& record) { return JsonOf(record, true); }

std::string RecordJsonLine(const Message& record) {
  std::string line = JsonOf(record, false);
  if (line.empty() || line.back() != '\n') line += '\n';
  return line;
}

}  // namespace tamga::cli
