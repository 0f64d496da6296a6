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
  return {"TEXT", 1, [&target](const Words& words) {
            target = words.front();
            return absl::OkStatus();
          }};
}

Argument Into(std::vector<std::string>& target) {
  return {"TEXT...", 1000, [&target](const Words& words) {
            target = words;
            return absl::OkStatus();
          }};
}

Argument Into(uint64_t& target) {
  return {"NUMBER", 1, [&target](const Words& words) {
            return absl::SimpleAtoi(words.front(), &target) ? absl::OkStatus()
                                                            : absl::InvalidArgumentError("must be a number");
          }};
}

Argument Into(absl::Duration& target) {
  return {"DURATION", 1, [&target](const Words& words) -> absl::Status {
            ASSIGN_OR_RETURN(target, ParseDurationArgument(words.front()));
            return absl::OkStatus();
          }};
}

Argument Into(OutputFormat& target) {
  return {"table or json", 1, [&target](const Words& words) {
            const std::string name = absl::AsciiStrToLower(words.front());
            if (name != "table" && name != "json") return absl::InvalidArgumentError("must be table or json");
            target = name == "json" ? OutputFormat::kJson : OutputFormat::kTable;
            return absl::OkStatus();
          }};
}

Argument Into(v1::Ternary& target) {
  return {"yes, no or unknown", 1, [&target](const Words& words) {
            const std::string name = absl::AsciiStrToLower(words.front());
            if (name != "yes" && name != "no" && name != "unknown") {
              return absl::InvalidArgumentError("must be yes, no or unknown");
            }
            target = name == "yes" ? v1::TERNARY_YES : name == "no" ? v1::TERNARY_NO : v1::TERNARY_UNSPECIFIED;
            return absl::OkStatus();
          }};
}

absl::Status UsageError(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "USAGE", message);
}

}  // namespace tamga::cli
