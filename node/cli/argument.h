// From the words of a command line to values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/status_macros.h"
#include "node/cli/enum_name.h"
#include "node/cli/environment.h"
#include "tamga/v1/common.pb.h"

namespace tamga::cli {

// What an option takes and where that goes. The target must outlive the parsing.
struct Argument {
  std::string placeholder;  // for the help: "TEXT", "DURATION"
  int at_most = 1;          // words
  std::function<absl::Status(const std::vector<std::string>& words)> take;
  std::string choices;  // "A, B or C"; empty if there is no such list
};

Argument Into(std::string& target);
Argument Into(std::vector<std::string>& target);
// As Into, in lower case: for identifiers, which people copy in either.
Argument IntoLowerCase(std::string& target);
// A decimal number.
Argument Into(uint64_t& target);
// "90s", "10m", "12h", "7d"; longer than nothing.
Argument Into(absl::Duration& target);
Argument Into(OutputFormat& target);
// yes, no or unknown.
Argument Into(v1::Ternary& target);

// An enumerator by its short name.
template <typename Enum>
Argument IntoEnum(std::function<void(Enum)> set) {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  auto take = [&type, set = std::move(set)](const std::vector<std::string>& words) {
    const absl::StatusOr<int> value = ParseEnumName(type, words.front());
    if (!value.ok()) return value.status();
    set(static_cast<Enum>(*value));
    return absl::OkStatus();
  };
  return {"NAME", 1, std::move(take), EnumChoices(type)};
}

// Error for arguments that are each well-formed but do not go together.
absl::Status UsageError(absl::string_view message);

}  // namespace tamga::cli
