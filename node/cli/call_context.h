// The options by which a request says who asks and why.
#pragma once

#include "node/cli/command_line.h"
#include "tamga/v1/common.pb.h"

namespace tamga::cli {

// --purpose, --case-reference, --officer, --treaty, --emergency and --idempotency-key go into `context`, which must
// outlive the parsing. A purpose that is set already is the default; otherwise --purpose is required.
void AddCallContext(const Command& command, v1::CallContext& context);

// The same for looking at what the node holds: --purpose, --case-reference and --officer, none of which is required for
// what is the own agency's.
void AddUseContext(const Command& command, v1::CallContext& context);

}  // namespace tamga::cli
