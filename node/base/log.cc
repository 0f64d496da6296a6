#include "node/base/log.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "node/base/clock.h"
#include "node/base/text.h"

namespace tamga {
namespace {

constexpr absl::string_view kNothing = R"("")";
constexpr absl::string_view kSeverityNames[] = {"info", "warning", "error"};

}  // namespace

LogField::LogField(absl::string_view field_name, absl::string_view text)
    : name(std::string(field_name)), json(JsonString(text)) {}
LogField::LogField(absl::string_view field_name, const char* text) : LogField(field_name, absl::string_view(text)) {}
LogField::LogField(absl::string_view field_name, const std::string& text)
    : LogField(field_name, absl::string_view(text)) {}
LogField::LogField(absl::string_view field_name, int64_t number)
    : name(std::string(field_name)), json(absl::StrCat(number)) {}

void Log(Severity severity, absl::string_view event, std::initializer_list<LogField> fields) {
  std::string line = absl::StrCat("{\"time\":\"", UtcText(absl::Now()), "\",\"severity\":\"",
                                  kSeverityNames[static_cast<int>(severity)], "\",\"event\":", JsonString(event));
  for (const LogField& field : fields) {
    if (field.name == "reason" && field.json == kNothing) continue;
    absl::StrAppend(&line, ",", JsonString(field.name), ":", field.json);
  }
  line += "}\n";
  // A lost log line must not stop an exchange: the exchange log is elsewhere.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::string JsonString(absl::string_view text) {
  std::string json = "\"";
  for (const char c : IsUtf8(text) ? std::string(text) : ReplaceInvalidUtf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      json += absl::StrFormat("\\u%04x", byte);
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace tamga
