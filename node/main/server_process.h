// What the programs that serve over gRPC have in common as processes.
#pragma once

namespace tamga::node {

// Call before any thread is started.
void SetUpServerProcess();

}  // namespace tamga::node
