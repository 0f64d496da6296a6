// Requests that came in and were never answered, because the node was stopped in between and the partner did not send
// them again. No treaty says how long what they tell may be kept, for none was applied.
#pragma once

#include "absl/status/statusor.h"
#include "node/exchange/door.h"

namespace tamga::exchange {

// Erases what they told once nobody can repeat them any more, with an entry each that says so, and forgets them. Does a
// batch; true if there may be more. What cannot be read has a line in the operator's log. Errors of the disk. Blocks.
absl::StatusOr<bool> EraseAbandoned(DoorParts& parts);

}  // namespace tamga::exchange
