// tamga: the command line.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include "node/base/exit_code.h"
#include "node/cli/environment.h"
#include "node/cli/error_text.h"
#include "node/cli/output_buffer.h"
#include "node/cli/tamga.h"
#include "node/exchange/tls.h"

namespace {

bool TakesColor() {
  const char* no_color = std::getenv("NO_COLOR");  // no-color.org: set and not empty
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own log lines are for its developers; an error's text says what a caller needs.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  if (const absl::Status status = tamga::exchange::RestrictOpenSslToTls13(); !status.ok()) {
    std::cerr << tamga::cli::ErrorText(status);
    return tamga::kOther;
  }
  const tamga::SystemClock clock;
  tamga::SystemRng rng;
  tamga::cli::OutputBuffer buffer(STDOUT_FILENO);
  std::ostream out(&buffer);
  // As they are to std::cout: what was printed is seen before a message that follows it, or a wait for input.
  std::cerr.tie(&out);
  std::cin.tie(&out);
  tamga::cli::Environment environment = {std::cin, out, std::cerr, TakesColor(), isatty(STDERR_FILENO) == 1,
                                         clock,    rng, {}};
  const int code = tamga::cli::RunTamga(std::vector<std::string>(argv + 1, argv + argc), environment);
  std::cerr.tie(nullptr);
  std::cin.tie(nullptr);
  return code;
}
