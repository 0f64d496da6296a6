// Log lines for operators: one JSON object a line on stderr. Fields hold identifiers, codes and numbers only, never
// what a record says about a person.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace tamga {

enum class Severity { kInfo, kWarning, kError };

// A named value of a log line.
struct LogField {
  LogField(absl::string_view field_name, absl::string_view text);
  LogField(absl::string_view field_name, const char* text);
  LogField(absl::string_view field_name, const std::string& text);
  LogField(absl::string_view field_name, int64_t number);

  std::string name;
  std::string json;
};

// Writes {"time":…,"severity":…,"event":event,…fields} in one write. A "reason" that is empty, as of an error without a
// code, is left out. Thread-safe.
void Log(Severity severity, absl::string_view event, std::initializer_list<LogField> fields = {});

// A JSON string literal with its quotes; bytes that are not UTF-8 are replaced.
std::string JsonString(absl::string_view text);

}  // namespace tamga
