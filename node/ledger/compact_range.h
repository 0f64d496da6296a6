// The least that must be kept of a tree to add leaves and to know its root.
#pragma once

#include <cstdint>
#include <vector>

#include "node/ledger/hash.h"

namespace tamga::ledger {

// The tree over the first `size` leaves as the roots of its complete subtrees, largest first: one for each bit that is
// set in `size`.
class CompactRange {
 public:
  // Adds `node`, the root of a complete subtree of 2^`level` leaves. The size must be a multiple of 2^`level`.
  void Append(unsigned level, const Hash& node);
  void AppendLeaf(const Hash& leaf) { Append(0, leaf); }

  uint64_t size() const { return size_; }
  Hash Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> nodes_;
};

}  // namespace tamga::ledger
