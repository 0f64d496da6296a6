// Roots and proofs of a stored tree (RFC 9162 sections 2.1.3.1 and 2.1.4.1).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

// Where the hashes of complete subtrees come from.
class HashReader {
 public:
  virtual ~HashReader() = default;
  // Root of the subtree over the leaves `index` * 2^`level` up to, without, (`index` + 1) * 2^`level`.
  virtual absl::StatusOr<Hash> NodeAt(unsigned level, uint64_t index) = 0;
};

// Root of the first `size` leaves.
absl::StatusOr<Hash> RootAt(HashReader& reader, uint64_t size);

// PATH(index, D[size]): the leaf's sibling first. InvalidArgument unless index < size.
absl::StatusOr<std::vector<Hash>> ProveInclusion(HashReader& reader, uint64_t index, uint64_t size);

// PROOF(old_size, D[new_size]). InvalidArgument unless 0 < old_size <= new_size; empty if they are equal.
absl::StatusOr<std::vector<Hash>> ProveConsistency(HashReader& reader, uint64_t old_size, uint64_t new_size);

}  // namespace tamga::ledger
