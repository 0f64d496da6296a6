#include "adapters/json_form.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace tamga::adapters {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kMaxNamedBytes = 100;  // of a key, which the sender chose

const FieldDescriptor* FieldOf(const Descriptor* record, const std::string& key) {
  for (int i = 0; record != nullptr && i < record->field_count(); ++i) {
    const FieldDescriptor* field = record->field(i);
    if (field->json_name() == key || field->name() == key) return field;
  }
  return nullptr;
}

// Every method returns whether to read on.
class FormCheck final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit FormCheck(const Descriptor& record) : record_(record) {}

  absl::Status status() const { return status_; }

  bool null() override { return Value(); }
  bool boolean(bool /*value*/) override { return Value(); }
  bool number_integer(number_integer_t /*value*/) override { return Value(); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return Value(); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return Value(); }
  bool string(string_t& /*value*/) override { return Value(); }
  bool binary(binary_t& /*value*/) override { return Value(); }

  bool start_object(size_t /*elements*/) override {
    const FieldDescriptor* field = levels_.empty() ? nullptr : levels_.back().field;
    const Descriptor* type = levels_.empty() ? &record_ : field == nullptr ? nullptr : field->message_type();
    return Open({true, type, nullptr, {}, "", 0});
  }
  bool key(string_t& key) override {
    Level& object = levels_.back();
    object.key = key.substr(0, kMaxNamedBytes);
    object.field = FieldOf(object.record, key);
    if (object.keys.insert(object.field == nullptr ? key : object.field->name()).second) return true;
    return Refuse(Path(), "is there twice; keep one of the two");
  }
  bool end_object() override { return Close(); }

  bool start_array(size_t /*elements*/) override {
    if (levels_.empty()) return RefuseRoot();
    return Open({false, nullptr, levels_.back().field, {}, "", 0});
  }
  bool end_array() override { return Close(); }

  bool parse_error(size_t position, const std::string& /*token*/, const nlohmann::json::exception& /*error*/) override {
    return Refuse("json", absl::StrCat("is not well-formed JSON; see byte ", position));
  }

 private:
  // An object or array that is open.
  struct Level {
    bool is_object;
    const Descriptor* record;      // of an object; null if unknown
    const FieldDescriptor* field;  // that the value under way is of; null if unknown
    std::set<std::string> keys;    // of an object, so far; fields by their own names
    std::string key;               // of an object: the last
    size_t index;                  // in an array: of the element under way
  };

  bool Value() {
    if (levels_.empty()) return RefuseRoot();
    ++levels_.back().index;
    return true;
  }
  bool Open(Level level) {
    if (levels_.size() == kMaxJsonDepth) return Refuse("json", absl::StrCat("is more than ", kMaxJsonDepth, " deep"));
    levels_.push_back(std::move(level));
    return true;
  }
  bool Close() {
    levels_.pop_back();
    return levels_.empty() || Value();
  }

  // "names[1].surname".
  std::string Path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.is_object) {
        absl::StrAppend(&path, path.empty() ? "" : ".", level.key);
      } else {
        absl::StrAppend(&path, "[", level.index, "]");
      }
    }
    return path;
  }
  bool RefuseRoot() { return Refuse("json", "must be an object"); }
  bool Refuse(absl::string_view field, absl::string_view what) {
    status_ = InvalidField(field, what);
    return false;
  }

  const Descriptor& record_;
  std::vector<Level> levels_;
  absl::Status status_;
};

}  // namespace

absl::Status CheckJsonForm(absl::string_view json, const Descriptor& record) {
  FormCheck check(record);
  nlohmann::json::sax_parse(json.begin(), json.end(), &check);
  return check.status();
}

}  // namespace tamga::adapters
