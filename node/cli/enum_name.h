// Enumerators by the names that people type and read: BORDER_CHECK for PURPOSE_BORDER_CHECK.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace tamga::cli {

// The enumerator's name without the prefix that all of the type share; the number for one that this build does not
// know, and "-" for the zero value, which says nothing.
std::string ShortEnumName(const google::protobuf::EnumDescriptor& type, int value);

template <typename Enum>
std::string ShortEnumName(Enum value) {
  return ShortEnumName(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

// "A, B or C": every short name but the zero value's.
std::string EnumChoices(const google::protobuf::EnumDescriptor& type);

// The value of a short or full name, in any letter case, with "-" or "_". InvalidArgument, listing the choices, for any
// other text and for the zero value.
absl::StatusOr<int> ParseEnumName(const google::protobuf::EnumDescriptor& type, absl::string_view text);

}  // namespace tamga::cli
