#include "node/cli/tamga.h"

#include "absl/strings/str_cat.h"
#include "node/cli/command_line.h"
#include "node/cli/commands.h"
#include "node/cli/error_text.h"
#include "node/cli/exit_code.h"
#include "node/cli/output_buffer.h"

namespace tamga::cli {
namespace {

constexpr char kDescription[] = "Tamga: exchange sealed records with partner agencies, run a node, audit its log.";

void AddSettings(const Command& root, Settings& settings) {
  root.OptionalOrVariable("--profile", "TAMGA_PROFILE", "File that says which node to ask and as whom",
                          Into(settings.profile));
  root.Optional("--timeout", "How long to wait for an answer; 30s if not given", Into(settings.timeout));
  root.Optional("--output", "How to print data; table if not given", Into(settings.output));
  root.Flag("--quiet", "No messages and no progress on stderr, only errors", settings.quiet);
}

}  // namespace

int RunTamga(const std::vector<std::string>& arguments, Environment& environment) {
  const std::string footer = absl::StrCat("Data goes to stdout, messages go to stderr.\n\n", kExitCodes,
                                          "\nEnvironment: TAMGA_PROFILE (as --profile), NO_COLOR (no colours).\n");
  CommandLine line(kDescription, footer, "tamga " TAMGA_VERSION);
  AddSettings(line.root(), environment.settings);
  AddReadmissionCommands(line.root());
  AddTransitCommands(line.root());
  AddAttachmentCommands(line.root());
  AddWatchlistCommands(line.root());
  AddTraffickingCommands(line.root());
  AddApprovalCommands(line.root());
  AddObligationCommands(line.root());
  AddSafeguardCommands(line.root());
  AddAuditCommands(line.root());
  AddTreatyCommands(line.root());
  AddCourierCommands(line.root());
  AddNodeCommands(line.root());
  AddPkiCommands(line.root());

  const absl::StatusOr<Action> action = line.Parse(arguments);
  const absl::Status status = action.ok() ? (*action)(environment) : action.status();
  const absl::Status written = FinishOutput(environment.out);
  for (const absl::Status& error : {status, written}) {
    if (!error.ok()) environment.err << ErrorText(error) << std::flush;
  }
  return ExitCodeOf(status.ok() ? written : status);
}

}  // namespace tamga::cli
