#include "policy/parse_hint.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "policy/spelling.h"

namespace tamga::policy {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::FieldDescriptor;

// The message types that a document of type `root` can hold, `root` among them.
std::vector<const Descriptor*> TypesBelow(const Descriptor& root) {
  std::vector<const Descriptor*> types = {&root};
  std::set<const Descriptor*> seen = {&root};
  for (size_t next = 0; next < types.size(); ++next) {
    for (int i = 0; i < types[next]->field_count(); ++i) {
      const Descriptor* type = types[next]->field(i)->message_type();
      if (type != nullptr && seen.insert(type).second) types.push_back(type);
    }
  }
  return types;
}

std::string FieldHint(absl::string_view word, absl::string_view type_name, const Descriptor& root) {
  std::vector<absl::string_view> names;
  for (const Descriptor* type : TypesBelow(root)) {
    if (type->full_name() != type_name) continue;
    for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
  }
  return DidYouMean(word, names);
}

std::string EnumeratorHint(absl::string_view word, const std::string& field_name, const Descriptor& root) {
  std::vector<absl::string_view> names;
  for (const Descriptor* type : TypesBelow(root)) {
    const FieldDescriptor* field = type->FindFieldByName(field_name);
    const EnumDescriptor* values = field == nullptr ? nullptr : field->enum_type();
    if (values == nullptr) continue;
    for (int i = 0; i < values->value_count(); ++i) names.push_back(values->value(i)->name());
  }
  return DidYouMean(word, names);
}

}  // namespace

std::string HintFor(absl::string_view complaint, const Descriptor& root) {
  // The parser gives its complaints as text only: the names stand between quotation marks.
  const std::vector<absl::string_view> parts = absl::StrSplit(complaint, '"');
  if (parts.size() < 5) return "";
  if (absl::StartsWith(complaint, "Message type") && absl::StrContains(parts[2], "has no field named")) {
    return FieldHint(parts[3], parts[1], root);
  }
  if (absl::StartsWith(complaint, "Unknown enumeration value")) {
    return EnumeratorHint(parts[1], std::string(parts[3]), root);
  }
  return "";
}

}  // namespace tamga::policy
