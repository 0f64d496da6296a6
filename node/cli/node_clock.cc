// tamga node accept-clock: the operator's word that the machine's clock, which has jumped, is right. For
// tamga-authority as well, which keeps the time in the same files.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/command_line.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/time_argument.h"
#include "node/main/clock_keeper.h"

namespace tamga::cli {
namespace {

struct Arguments {
  std::string data_dir;
  std::string now;
};

// The operator looks at another clock. Whoever only repeated what the machine says would accept any jump.
absl::Status Accept(const Arguments& arguments, Environment& environment) {
  const absl::Time clock = environment.clock.Now();
  absl::Time told;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, arguments.now, &told, &error)) {
    return InvalidField("--now", "must be the time by another clock, such as 2026-11-23T15:04:05Z");
  }
  if (told < clock - node::kClockWordLife || told > clock + node::kClockWordLife) {
    return InvalidField("--now", absl::StrCat("is ", UtcText(told), ", but this machine's clock says ", UtcText(clock),
                                              "; set the clock right, and all goes on by itself"));
  }
  RETURN_IF_ERROR(node::AcceptClock(arguments.data_dir, clock));
  Say(environment,
      absl::StrCat("Accepted: what runs in ", arguments.data_dir, " goes on from ", UtcText(clock),
                   ". It takes this within a second, or when it is started within ten minutes; see \"clock "
                   "accepted\" in its log."));
  return absl::OkStatus();
}

}  // namespace

void AddAcceptClockCommand(const Command& node) {
  const Command command =
      node.Add("accept-clock", "Have a node, or tamga-authority, go on by the machine's clock after it has jumped");
  const auto arguments = std::make_shared<Arguments>();
  command.Required("--data-dir", "Its data folder, on this machine", Into(arguments->data_dir));
  command.Required("--now", "What time it is by another clock, such as 2026-11-23T15:04:05Z", Into(arguments->now));
  command.Run([arguments](Environment& environment) { return Accept(*arguments, environment); });
}

}  // namespace tamga::cli
