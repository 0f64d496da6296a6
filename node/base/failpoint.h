// Named points at which a test can kill or stall the process: TAMGA_FAILPOINT("door.sent"). Compiled in only with the
// CMake option TAMGA_FAILPOINTS; the environment variable TAMGA_FAILPOINT then holds "NAME=kill", "NAME=kill@N" (the
// Nth passage) or "NAME=stall" (waits until killed).
#pragma once

#ifdef TAMGA_FAILPOINTS
#define TAMGA_FAILPOINT(name) ::tamga::PassFailpoint(name)
#else
#define TAMGA_FAILPOINT(name) static_cast<void>(0)
#endif

namespace tamga {

void PassFailpoint(const char* name);

}  // namespace tamga
