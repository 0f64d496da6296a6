// The documents that are analysed together, as if all of them were in force for all of their parties.
#pragma once

#include <vector>

#include "tamga/v1/treaty.pb.h"

namespace tamga::policy::analysis {

// What it points to outlives it.
struct Corpus {
  std::vector<const v1::Treaty*> treaties;
  std::vector<const v1::Overlay*> overlays;
};

}  // namespace tamga::policy::analysis
