// The proof that a treaty's rules never permit what it says must never be permitted.
#pragma once

#include "absl/status/status.h"
#include "policy/treaty_document.h"
#include "tamga/v1/treaty_exchange.pb.h"

namespace tamga::treaty {

// InvalidArgument (TREATY_UNSOUND, with a witness) if the treaty's rules permit what it says must never be permitted,
// whatever was signed. A text is proved once: the verdict, which follows from its bytes alone, is remembered.
// Thread-safe.
absl::Status ProveInvariants(const policy::TreatyDocument& document);

// Proves the bundle's treaties as far as they can be read, so that whoever takes them over under a lock later need not
// do it there.
void ProveAhead(const v1::TreatyBundle& bundle);

}  // namespace tamga::treaty
