#include "node/ledger/compact_range.h"

#include "node/base/check.h"

namespace tamga::ledger {

void CompactRange::Append(unsigned level, const Hash& node) {
  TAMGA_CHECK(level < 63 && size_ % (uint64_t{1} << level) == 0);
  nodes_.push_back(node);
  // As in binary addition: each bit carried over joins two subtrees of the same height.
  for (uint64_t carry = size_ >> level; (carry & 1) != 0; carry >>= 1) {
    const Hash right = nodes_.back();
    nodes_.pop_back();
    nodes_.back() = NodeHash(nodes_.back(), right);
  }
  size_ += uint64_t{1} << level;
}

Hash CompactRange::Root() const {
  if (nodes_.empty()) return EmptyRoot();
  Hash root = nodes_.back();
  for (auto node = nodes_.rbegin() + 1; node != nodes_.rend(); ++node) root = NodeHash(*node, root);
  return root;
}

}  // namespace tamga::ledger
