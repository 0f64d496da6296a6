// Whom a node believes now. Who remembers a verdict keeps the store that gave it, and asks again once another is here.
#pragma once

#include "certs/trust_store.h"
#include "node/base/current.h"

namespace tamga::certs {

using CurrentTrust = Current<TrustStore>;

}  // namespace tamga::certs
