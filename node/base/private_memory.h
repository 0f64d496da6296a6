// For processes that hold a key and little else.
#pragma once

#include <sys/prctl.h>

namespace tamga {

// What is in this process's memory gets into no core dump, and other processes of the same user cannot read it.
inline void KeepMemoryPrivate() { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace tamga
