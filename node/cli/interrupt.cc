#include "node/cli/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "node/base/exit_code.h"

namespace tamga::cli {
namespace {

// Nothing but what a signal handler may call.
void End(int /*signal*/) { _exit(kSuccess); }

}  // namespace

EndsByInterrupt::EndsByInterrupt() : before_(std::signal(SIGINT, End)) {}

EndsByInterrupt::~EndsByInterrupt() { std::signal(SIGINT, before_ == SIG_ERR ? SIG_DFL : before_); }

}  // namespace tamga::cli
