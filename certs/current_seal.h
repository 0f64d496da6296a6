// The key that a node seals with now.
#pragma once

#include "certs/seal.h"
#include "node/base/current.h"

namespace tamga::certs {

using CurrentSeal = Current<Seal>;

}  // namespace tamga::certs
