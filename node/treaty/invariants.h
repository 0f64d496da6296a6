// The proof that a treaty's rules never permit what it says must never be permitted.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "policy/treaty_document.h"

namespace tamga::treaty {

// InvalidArgument (TREATY_UNSOUND, with a witness) if the treaty's rules permit what it says must never be permitted,
// whatever was signed; the same, saying "Not decided", if that could not be decided within the budget of a text
// (policy::analysis::Options): what is not proved is not relied on. A text is proved once: the verdict, which follows
// from its bytes alone, is remembered. Thread-safe.
absl::Status ProveInvariants(const policy::TreatyDocument& document);

// All that are held, of which none is forgotten from then on. The first error.
absl::Status ProveHeld(const std::vector<policy::TreatyDocument>& documents);

// Whether ProveInvariants has its answer already, and takes no time.
bool IsVerdictKnown(const policy::TreatyDocument& document);

}  // namespace tamga::treaty
