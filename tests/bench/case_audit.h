// Whether two nodes hold what their callers were told, each alike.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/bench/case_walk.h"
#include "tests/federation/federation.h"

namespace tamga::bench {

// Asks the nodes of both agencies until neither has a message to deliver any more. DeadlineExceeded after `patience`.
absl::Status AwaitDelivery(testing::Federation& federation, const std::vector<std::string>& agencies,
                           absl::Duration patience);

// One sentence for each difference, empty if there is none. Of each case: every acknowledged action is there exactly
// once on both sides, and no other; both histories, states and clocks are equal. There is no other case on either side,
// nothing came to nothing, and both logs verify. Nothing is under way any more.
std::vector<std::string> FindDifferences(testing::Federation& federation, const DeskLines& lines,
                                         const std::vector<WalkedCase>& cases);

}  // namespace tamga::bench
