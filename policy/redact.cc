#include "policy/redact.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "node/base/error.h"
#include "policy/disclosure.h"
#include "tamga/v1/data_class.pb.h"

namespace tamga::policy {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

v1::DataClass ClassOf(const FieldDescriptor& field) { return field.options().GetExtension(v1::data_class); }

// Whether the field is judged by what is below it. (A map without a class is judged as a whole, and so never leaves.)
bool IsEntered(const FieldDescriptor& field) {
  return ClassOf(field) == v1::DATA_CLASS_UNSPECIFIED && field.message_type() != nullptr && !field.is_map();
}

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

// Calls `visit` with each message that the set field holds.
template <typename Visit>
void ForEachMessage(const Message& message, const FieldDescriptor* field, Visit visit) {
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) return visit(reflection->GetMessage(message, field));
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    visit(reflection->GetRepeatedMessage(message, field, i));
  }
}

std::string Join(const std::string& path, absl::string_view name) {
  return absl::StrCat(path, path.empty() ? "" : ".", name);
}

// Collects paths of fields beyond what is allowed.
class ExcessFinder {
 public:
  ExcessFinder(ClassSet allowed, bool counts_safeguards) : allowed_(allowed), counts_safeguards_(counts_safeguards) {}

  // Recurses into messages; the parser's limit of 100 levels bounds it.
  void Visit(const Message& message, const std::string& path) {
    for (const FieldDescriptor* field : SetFields(message)) {
      const v1::DataClass data_class = ClassOf(*field);
      if (IsEntered(*field)) {
        ForEachMessage(message, field, [&](const Message& inner) { Visit(inner, Join(path, field->name())); });
      } else if (!Holds(allowed_, data_class) && (data_class != v1::DATA_CLASS_SAFEGUARD || counts_safeguards_)) {
        Add(Join(path, field->name()));
      }
    }
  }

  const std::vector<std::string>& paths() const { return paths_; }

 private:
  void Add(std::string path) {
    if (std::find(paths_.begin(), paths_.end(), path) == paths_.end()) paths_.push_back(std::move(path));
  }

  const ClassSet allowed_;
  const bool counts_safeguards_;
  std::vector<std::string> paths_;
};

void Remove(ClassSet allowed, Message* message);

bool IsEmpty(const Message& message) { return message.ByteSizeLong() == 0; }

void RemoveWithin(ClassSet allowed, Message* message, const FieldDescriptor* field) {
  const auto* reflection = message->GetReflection();
  if (!field->is_repeated()) {
    Message* inner = reflection->MutableMessage(message, field);
    Remove(allowed, inner);
    if (IsEmpty(*inner)) reflection->ClearField(message, field);
    return;
  }
  int kept = 0;
  for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
    Message* inner = reflection->MutableRepeatedMessage(message, field, i);
    Remove(allowed, inner);
    if (IsEmpty(*inner)) continue;
    if (kept != i) reflection->SwapElements(message, field, kept, i);
    ++kept;
  }
  while (reflection->FieldSize(*message, field) > kept) reflection->RemoveLast(message, field);
}

void Remove(ClassSet allowed, Message* message) {
  for (const FieldDescriptor* field : SetFields(*message)) {
    if (IsEntered(*field)) {
      RemoveWithin(allowed, message, field);
    } else if (!Holds(allowed, ClassOf(*field))) {
      message->GetReflection()->ClearField(message, field);
    }
  }
}

// Path of the first unknown field at any depth, below fields with a class too; "" if there is none.
std::string FirstUnknown(const Message& message, const std::string& path) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  if (!unknown.empty()) return Join(path, absl::StrCat("#", unknown.field(0).number()));
  std::string found;
  for (const FieldDescriptor* field : SetFields(message)) {
    if (field->message_type() == nullptr) continue;
    ForEachMessage(message, field, [&](const Message& inner) {
      if (found.empty()) found = FirstUnknown(inner, Join(path, field->name()));
    });
  }
  return found;
}

absl::Status NotAllowed(const std::string& path) {
  return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_ALLOWED",
               absl::StrCat(path, ": the treaty does not allow this field to be told; leave it out"),
               {{"field", path}});
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CutDown(const v1::Disclosure& disclosure, Message* record) {
  const Allowance allowance = AllowanceOf(disclosure);
  const ClassSet allowed = AllowedClasses(allowance);
  ExcessFinder finder(allowed, /*counts_safeguards=*/false);
  finder.Visit(*record, "");
  if (allowance.refuses_excess && !finder.paths().empty()) return NotAllowed(finder.paths().front());
  record->DiscardUnknownFields();
  Remove(allowed, record);
  return finder.paths();
}

absl::Status ContainsOnly(const v1::Disclosure& disclosure, const Message& record) {
  ExcessFinder finder(AllowedClasses(AllowanceOf(disclosure)), /*counts_safeguards=*/true);
  finder.Visit(record, "");
  if (!finder.paths().empty()) return NotAllowed(finder.paths().front());
  if (const std::string unknown = FirstUnknown(record, ""); !unknown.empty()) return NotAllowed(unknown);
  return absl::OkStatus();
}

}  // namespace tamga::policy
