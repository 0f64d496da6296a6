// How our programs end, in the numbers that their --help and docs/operating.md promise to scripts.
#pragma once

namespace tamga {

enum ExitCode : int { kSuccess = 0, kRefused = 1, kUsage = 2, kUnreachable = 3, kOther = 4 };

inline constexpr char kExitCodes[] = R"(Exit codes:
  0  done
  1  refused by the node or a partner; a log or proof does not verify; the node does not start
  2  the command line, the configuration, a treaty or another input file is wrong
  3  no answer from the node
  4  any other error
)";

}  // namespace tamga
