#include "policy/findings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "node/base/error.h"

namespace tamga::policy {

Place::Place(const google::protobuf::Descriptor* descriptor, const google::protobuf::TextFormat::ParseInfoTree* tree)
    : descriptor_(descriptor), tree_(tree) {}

Place Place::Child(const std::string& name, int index) const {
  TAMGA_CHECK(descriptor_ != nullptr);
  const google::protobuf::FieldDescriptor* field = descriptor_->FindFieldByName(name);
  TAMGA_CHECK(field != nullptr);
  Place child(field->message_type(), nullptr);
  child.path_ = absl::StrCat(path_, path_.empty() ? "" : ".", name);
  if (index >= 0) absl::StrAppend(&child.path_, "[", index, "]");
  child.line_ = line_;
  child.column_ = column_;
  if (tree_ == nullptr || (field->is_repeated() && index < 0)) return child;
  if (const auto written = tree_->GetLocation(field, index); written.line >= 0) {
    child.line_ = written.line + 1;
    child.column_ = written.column + 1;
  }
  if (child.descriptor_ != nullptr) child.tree_ = tree_->GetTreeForNested(field, index);
  return child;
}

void Findings::Add(const Place& place, absl::string_view what) {
  const std::string where = place.line() == 0 ? "" : absl::StrCat(place.line(), ":", place.column(), ":");
  Keep(absl::StrCat(file_name_, ":", where, " ", place.path(), place.path().empty() ? "" : ": ", what));
}

void Findings::Add(int line, int column, absl::string_view what) {
  Keep(absl::StrCat(file_name_, ":", line, ":", column, ": ", what));
}

void Findings::Keep(std::string line) {
  if (!full()) lines_.push_back(std::move(line));
  ++count_;
}

absl::Status Findings::ToStatus() const {
  if (empty()) return absl::OkStatus();
  std::string message = absl::StrJoin(lines_, "\n");
  if (count_ > lines_.size()) {
    absl::StrAppend(&message, "\n", file_name_, ": and ", count_ - lines_.size(), " more findings");
  }
  return Error(absl::StatusCode::kInvalidArgument, reason_, message);
}

}  // namespace tamga::policy
