// The words of the forms in each language.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

// The word or phrase with this key, or the key itself where there is none.
std::string FormWord(v1::Language language, absl::string_view key);

// All keys: those of the enumerators that forms show are their full names.
std::vector<std::string> FormWordKeys();

// What an enumerator is called; "" for the zero value, which says nothing.
template <typename Enum>
std::string FormWordOf(v1::Language language, Enum value) {
  if (static_cast<int>(value) == 0) return "";
  const auto* enumerator = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
  return enumerator == nullptr ? std::to_string(static_cast<int>(value)) : FormWord(language, enumerator->name());
}

}  // namespace tamga::readmission
