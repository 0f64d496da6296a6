#include "adapters/json_record.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/json_form.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::adapters {
namespace {

constexpr absl::string_view kUnknownField = ": Cannot find field.";
constexpr size_t kMaxNamedBytes = 100;  // of an unknown field, whose name the sender chose

// What protobuf's message says about the place, without the values that it repeats. Its forms are
// "(path): invalid value ...", "(path) name: Cannot find field." and "name: Proto field is not repeating, ...".
absl::Status Explain(absl::string_view message) {
  const absl::string_view first_line = message.substr(0, message.find('\n'));
  std::string path;
  absl::string_view rest = first_line;
  if (absl::StartsWith(first_line, "(")) {
    const size_t close = first_line.find(')');
    path = std::string(first_line.substr(1, close - 1));
    rest = close == absl::string_view::npos ? "" : first_line.substr(close + 1);
  }
  if (absl::EndsWith(rest, kUnknownField)) {
    rest.remove_suffix(kUnknownField.size());
    if (absl::StartsWith(rest, " ")) rest.remove_prefix(1);
    const std::string name = ReplaceInvalidUtf8(rest.substr(0, kMaxNamedBytes));
    return InvalidField(path.empty() ? name : absl::StrCat(path, ".", name), "is not a field of this record");
  }
  if (!path.empty()) return InvalidField(path, "has a value of the wrong kind");
  if (const size_t colon = rest.find(": Proto field"); colon != absl::string_view::npos && colon > 0) {
    return InvalidField(rest.substr(0, colon), "has a value of the wrong kind");
  }
  return InvalidField("json", "does not fit this record");
}

}  // namespace

absl::Status ReadJson(absl::string_view json, google::protobuf::Message& record) {
  if (json.size() > kMaxJsonBytes) {
    return InvalidField("json", absl::StrCat("is ", json.size(), " bytes long; at most ", kMaxJsonBytes, " are read"));
  }
  if (!IsUtf8(json)) return InvalidField("json", "is not valid UTF-8");
  RETURN_IF_ERROR(CheckJsonForm(json, *record.GetDescriptor()));
  const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &record);
  if (status.ok()) return absl::OkStatus();
  return Explain({status.message().data(), status.message().size()});
}

}  // namespace tamga::adapters
