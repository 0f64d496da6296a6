// Command lines of programs that have options only; the commands of `tamga` are in node/cli/command_line.h.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "node/base/exit_code.h"

namespace tamga {

// Takes the command line into the options' targets. If the program should not go on, how it ends: with kSuccess after
// printing its help or version, with kUsage after saying on stderr what is wrong.
inline std::optional<ExitCode> ParseOrEnd(CLI::App& program, int argc, char** argv) {
  program.set_help_flag("-h,--help", "Say what the program does and takes");
  program.footer(kExitCodes);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kSuccess : kUsage;
  }
  return std::nullopt;
}

}  // namespace tamga
