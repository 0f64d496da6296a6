// Signals that a program takes with sigwait instead of being interrupted by them.
#pragma once

#include <csignal>
#include <initializer_list>

namespace tamga {

// Blocks the signals for this thread and all that it starts from now on; the set is for sigwait.
sigset_t BlockSignals(std::initializer_list<int> numbers);

}  // namespace tamga
