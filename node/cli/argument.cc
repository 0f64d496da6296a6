#include "node/cli/argument.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "node/base/error.h"
#include "node/cli/time_argument.h"

namespace tamga::cli {
namespace {

using Words = std::vector<std::string>;

}  // namespace

Argument Into(std::string& target) {
  auto take = [&target](const Words& words) {
    target = words.front();
    return absl::OkStatus();
  };
  return {"TEXT", 1, take, ""};
}

Argument Into(std::vector<std::string>& target) {
  auto take = [&target](const Words& words) {
    target = words;
    return absl::OkStatus();
  };
  return {"TEXT...", 1000, take, ""};
}

Argument IntoLowerCase(std::string& target) {
  auto take = [&target](const Words& words) {
    target = absl::AsciiStrToLower(words.front());
    return absl::OkStatus();
  };
  return {"TEXT", 1, take, ""};
}

Argument Into(uint64_t& target) {
  auto take = [&target](const Words& words) {
    return absl::SimpleAtoi(words.front(), &target) ? absl::OkStatus() : absl::InvalidArgumentError("must be a number");
  };
  return {"NUMBER", 1, take, ""};
}

Argument Into(absl::Duration& target) {
  auto take = [&target](const Words& words) -> absl::Status {
    ASSIGN_OR_RETURN(target, ParseDurationArgument(words.front()));
    return absl::OkStatus();
  };
  return {"DURATION", 1, take, ""};
}

Argument Into(OutputFormat& target) {
  auto take = [&target](const Words& words) {
    const std::string name = absl::AsciiStrToLower(words.front());
    if (name != "table" && name != "json") return absl::InvalidArgumentError("must be table or json");
    target = name == "json" ? OutputFormat::kJson : OutputFormat::kTable;
    return absl::OkStatus();
  };
  return {"NAME", 1, take, "table or json"};
}

Argument Into(v1::Ternary& target) {
  auto take = [&target](const Words& words) {
    const std::string name = absl::AsciiStrToLower(words.front());
    if (name != "yes" && name != "no" && name != "unknown") {
      return absl::InvalidArgumentError("must be yes, no or unknown");
    }
    target = name == "yes" ? v1::TERNARY_YES : name == "no" ? v1::TERNARY_NO : v1::TERNARY_UNSPECIFIED;
    return absl::OkStatus();
  };
  return {"NAME", 1, take, "yes, no or unknown"};
}

absl::Status UsageError(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "USAGE", message);
}

}  // namespace tamga::cli
