// TAMGA_CHECK(condition): ends the process when an invariant of the program is broken. Never for input, disk, network
// or certificates: those are errors to be handled.
#pragma once

namespace tamga {

[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace tamga

#define TAMGA_CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::tamga::CheckFailed(#condition, __FILE__, __LINE__))
