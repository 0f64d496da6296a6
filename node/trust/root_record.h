// The roots of all States as a text, to tell what has changed since it was last made durable.
#pragma once

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "certs/trust_store.h"

namespace tamga::trust {

// By State, in the order of their codes: a line "KAZ 2" with the number of roots, then each root's SHA-256 in hex, in
// the order of these. Its SHA-256 is LogEntry.trust_sha256.
std::string RootsText(const certs::TrustStore& trust);

// The States whose roots are not the same in both texts; of what is no such text all.
std::set<std::string> ChangedStates(absl::string_view before, absl::string_view after);

}  // namespace tamga::trust
