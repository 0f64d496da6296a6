// Verification of proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Knows no log: bytes in, verdict out.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

// OK if `path` proves that `leaf` is entry `index` of the tree with this size and root; otherwise InvalidArgument.
absl::Status VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, const std::vector<Hash>& path,
                             const Hash& root);

// OK if `proof` proves that the tree of `new_size` begins with the tree of `old_size`; otherwise InvalidArgument. An
// old size of 0 is refused: every tree begins with the empty one, and there is nothing to prove.
absl::Status VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                               const std::vector<Hash>& proof);

}  // namespace tamga::ledger
