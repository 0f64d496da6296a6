#include "node/cli/tamga.h"

#include "node/cli/command_line.h"
#include "node/cli/commands.h"
#include "node/cli/error_text.h"
#include "node/cli/exit_code.h"

namespace tamga::cli {
namespace {

constexpr char kDescription[] = "Tamga: exchange sealed records with partner agencies, run a node, audit its log.";

constexpr char kFooter[] = R"(Data goes to stdout, messages go to stderr.

Exit codes:
  0  done
  1  refused by the node or a partner, or a check found a fault
  2  the command line or an input file is wrong
  3  no answer from the node
  4  any other error

Environment: TAMGA_PROFILE (as --profile), NO_COLOR (no colours).
)";

void AddSettings(const Command& root, Settings& settings) {
  root.OptionalOrVariable("--profile", "TAMGA_PROFILE", "File that says which node to ask and as whom",
                          Into(settings.profile));
  root.Optional("--timeout", "How long to wait for an answer; 30s if not given", Into(settings.timeout));
  root.Optional("--output", "How to print data; table if not given", Into(settings.output));
  root.Flag("--quiet", "No messages and no progress on stderr, only errors", settings.quiet);
}

}  // namespace

int RunTamga(const std::vector<std::string>& arguments, Environment& environment) {
  CommandLine line(kDescription, kFooter, "tamga " TAMGA_VERSION);
  AddSettings(line.root(), environment.settings);
  AddReadmissionCommands(line.root());
  AddWatchlistCommands(line.root());
  AddTraffickingCommands(line.root());
  AddAuditCommands(line.root());
  AddTreatyCommands(line.root());
  AddNodeCommands(line.root());
  AddPkiCommands(line.root());

  const absl::StatusOr<Action> action = line.Parse(arguments);
  const absl::Status status = action.ok() ? (*action)(environment) : action.status();
  environment.out.flush();
  if (!status.ok()) environment.err << ErrorText(status) << std::flush;
  return ExitCodeOf(status);
}

}  // namespace tamga::cli
